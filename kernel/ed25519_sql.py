"""Ed25519 (RFC 8032) checked by PostgreSQL itself. Used by migrations only.

`kernel_ed25519_holds(public, message, signature)`: whether the signature is the key's, of this message.
Public halves are no secret, so the database holds others to a signature that it could not make itself.
`kernel_signed_by_desk(name, message, signature)`: the same by a key that the owner of the tables trusts, and
still does. Some ten milliseconds a signature; nothing that a phone waits for asks it.
"""

from __future__ import annotations

from django.conf import settings

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
LIMB = 2**30

CREATE = f"""
CREATE TABLE kernel_deskkey (
    name varchar(32) PRIMARY KEY, public bytea CHECK (coalesce(length(public), 0) = 32),
    since timestamptz DEFAULT clock_timestamp() CHECK (since IS NOT NULL), until timestamptz);
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON kernel_deskkey FROM {settings.RUNTIME_ROLE};

CREATE FUNCTION kernel_little_endian(bytes bytea) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
    SELECT ('0x' || string_agg(lpad(to_hex(get_byte(bytes, place)), 2, '0'), '' ORDER BY place DESC))::numeric
      FROM generate_series(0, length(bytes) - 1) AS place
$$;

CREATE FUNCTION kernel_squared(base numeric, times integer) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
DECLARE
    p CONSTANT numeric := {P};
    result numeric := base;
BEGIN
    FOR time IN 1..times LOOP
        result := mod(result * result, p);
    END LOOP;
    RETURN result;
END $$;

-- base to the power of 2^250 - 1, and to that of 11: what inverses and square roots are made of
CREATE FUNCTION kernel_powers(base numeric) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
DECLARE
    p CONSTANT numeric := {P};
    two numeric := mod(base * base, p);
    nine numeric := mod(kernel_squared(two, 2) * base, p);
    eleven numeric := mod(nine * two, p);
    ones_5 numeric := mod(mod(eleven * eleven, p) * nine, p);
    ones_10 numeric := mod(kernel_squared(ones_5, 5) * ones_5, p);
    ones_20 numeric := mod(kernel_squared(ones_10, 10) * ones_10, p);
    ones_40 numeric := mod(kernel_squared(ones_20, 20) * ones_20, p);
    ones_50 numeric := mod(kernel_squared(ones_40, 10) * ones_10, p);
    ones_100 numeric := mod(kernel_squared(ones_50, 50) * ones_50, p);
    ones_200 numeric := mod(kernel_squared(ones_100, 100) * ones_100, p);
BEGIN
    RETURN ARRAY[mod(kernel_squared(ones_200, 50) * ones_50, p), eleven];
END $$;

CREATE FUNCTION kernel_ed25519_point(encoded bytea) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
DECLARE
    p CONSTANT numeric := {P};
    sign integer := get_bit(encoded, 255);
    y numeric := kernel_little_endian(set_bit(encoded, 255, 0));
    u numeric;
    v numeric;
    x numeric;
BEGIN
    IF y >= p THEN
        RETURN NULL;
    END IF;
    u := mod(y * y + p - 1, p);
    v := mod(mod(y * y, p) * {D} + 1, p);
    x := mod(kernel_squared(v, 2) * mod(v * v, p) * v, p);  -- the seventh power of v
    x := mod(u * x, p);
    x := mod(kernel_squared((kernel_powers(x))[1], 2) * x, p);
    x := mod(mod(u * v, p) * mod(v * v, p) * x, p);
    IF mod(mod(x * x, p) * v, p) <> u THEN
        x := mod(x * {ROOT}, p);
    END IF;
    IF mod(mod(x * x, p) * v, p) <> u OR (x = 0 AND sign = 1) THEN
        RETURN NULL;
    END IF;
    x := CASE WHEN mod(x, 2) = sign THEN x ELSE p - x END;
    RETURN ARRAY[x, y, 1, mod(x * y, p)];
END $$;

CREATE FUNCTION kernel_ed25519_sum(one numeric[], other numeric[]) RETURNS numeric[]
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
DECLARE
    p CONSTANT numeric := {P};
    a numeric := mod((one[2] + p - one[1]) * (other[2] + p - other[1]), p);
    b numeric := mod((one[2] + one[1]) * (other[2] + other[1]), p);
    c numeric := mod(mod(one[4] * other[4], p) * {2 * D % P}, p);
    d numeric := mod(2 * one[3] * other[3], p);
    e numeric := b + p - a;
    f numeric := d + p - c;
    g numeric := d + c;
    h numeric := b + a;
BEGIN
    RETURN ARRAY[mod(e * f, p), mod(g * h, p), mod(f * g, p), mod(e * h, p)];
END $$;

CREATE FUNCTION kernel_ed25519_holds(public bytea, message bytea, signature bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
DECLARE
    p CONSTANT numeric := {P};
    base CONSTANT numeric[] := ARRAY[{BASE_X}, {BASE_Y}, 1, {BASE_X * BASE_Y % P}]::numeric[];
    key numeric[];
    joint numeric[];
    total numeric[] := ARRAY[0, 1, 1, 0]::numeric[];
    scalar bytea;
    rest numeric;
    limbs bigint[] := '{{}}';
    wanted boolean;
    a numeric; b numeric; e numeric; f numeric; g numeric; h numeric;
BEGIN
    IF COALESCE(length(public) <> 32 OR length(signature) <> 64 OR message IS NULL, true)
        OR kernel_little_endian(substr(signature, 33)) >= {L}
    THEN
        RETURN false;
    END IF;
    key := kernel_ed25519_point(public);
    IF key IS NULL THEN
        RETURN false;
    END IF;
    key := ARRAY[p - key[1], key[2], 1, p - key[4]];
    joint := kernel_ed25519_sum(base, key);
    scalar := substr(signature, 33);
    rest := mod(kernel_little_endian(sha512(substr(signature, 1, 32) || public || message)), {L});
    FOR place IN 0..8 LOOP
        limbs := limbs || mod(rest, {LIMB})::bigint;
        rest := div(rest, {LIMB});
    END LOOP;
    -- scalar times the base, less the challenge times the key: both at once, from the highest bit
    FOR place IN REVERSE 252..0 LOOP
        a := mod(total[1] * total[1], p);
        b := mod(total[2] * total[2], p);
        h := a + b;
        e := h + p - mod((total[1] + total[2]) * (total[1] + total[2]), p);
        g := a + p - b;
        f := mod(2 * total[3] * total[3], p) + g;
        total := ARRAY[mod(e * f, p), mod(g * h, p), mod(f * g, p), mod(e * h, p)];
        wanted := (limbs[place / 30 + 1] >> (place % 30)) & 1 = 1;
        IF get_bit(scalar, place) = 1 THEN
            total := kernel_ed25519_sum(total, CASE WHEN wanted THEN joint ELSE base END);
        ELSIF wanted THEN
            total := kernel_ed25519_sum(total, key);
        END IF;
    END LOOP;
    key := kernel_powers(total[3]);
    h := mod(kernel_squared(key[1], 5) * key[2], p);
    RETURN mod(total[2] * h, p) = kernel_little_endian(set_bit(substr(signature, 1, 32), 255, 0))
       AND mod(mod(total[1] * h, p), 2) = get_bit(substr(signature, 1, 32), 255);
END $$;

CREATE FUNCTION kernel_signed_by_desk(key_name text, message text, signature bytea) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT COALESCE((
        SELECT kernel_ed25519_holds(public, convert_to(message, 'UTF8'), signature) FROM kernel_deskkey
         WHERE name = key_name AND (until IS NULL OR until > clock_timestamp())), false)
$$;
"""  # noqa: S608 - nothing in it but constants of ours

DROP = """
DROP FUNCTION kernel_signed_by_desk(text, text, bytea);
DROP FUNCTION kernel_ed25519_holds(bytea, bytea, bytea);
DROP FUNCTION kernel_ed25519_sum(numeric[], numeric[]);
DROP FUNCTION kernel_ed25519_point(bytea);
DROP FUNCTION kernel_powers(numeric);
DROP FUNCTION kernel_squared(numeric, integer);
DROP FUNCTION kernel_little_endian(bytea);
DROP TABLE kernel_deskkey;
"""
