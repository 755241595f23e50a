"""`python -m tools.supply audit`, `licences` or `bill`: vulnerabilities, licences, bill of materials."""

import sys

from tools.supply import audit, bill, licences, pins


def main(arguments: list[str]) -> int:
    if arguments == ["audit"]:
        code, lines = audit.audit()
        print("\n".join(lines), file=sys.stderr if code else sys.stdout)
        return code
    if arguments in (["licences"], ["bill"]):
        shipped = licences.packages()
        if wrong := licences.objections(shipped):
            print("\n".join(wrong), file=sys.stderr)
            return 1
        if arguments == ["licences"]:
            (pins.PROJECT / "LICENCES.md").write_text(licences.page(shipped))
        else:
            (pins.PROJECT / "bill.cdx.json").write_text(bill.bill(shipped) + "\n")
        return 0
    print(f"usage: {__doc__}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
