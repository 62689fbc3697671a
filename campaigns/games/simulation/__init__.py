"""情景模拟: a case walked through choice by choice, each choice explained at once."""
