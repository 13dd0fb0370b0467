"""`python -m erp`."""

from erp.cli import main

if __name__ == "__main__":
    main()
