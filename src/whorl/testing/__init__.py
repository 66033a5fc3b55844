"""The contract that every attack is held to, for attacks of the house and of anyone else."""

from whorl.testing.check import Check
from whorl.testing.contract import ContractError, check_method, checks_of

__all__ = ["Check", "ContractError", "check_method", "checks_of"]
