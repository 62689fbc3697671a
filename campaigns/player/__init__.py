"""The customer's phone: pages and small JSON calls under ``/h/<institution>/<code>/``."""
