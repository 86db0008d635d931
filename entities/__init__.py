"""The supervised businesses: register, licences, grades, status, ledger imports."""
