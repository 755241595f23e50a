"""The bill of materials: CycloneDX 1.6, of what is installed to serve and of what that brings along."""

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from app import __version__
from tools.supply import licences


def bill(shipped: list[licences.Package]) -> str:
    """JSON."""
    service = Component(name="cluster-regions", version=__version__, type=ComponentType.APPLICATION, bom_ref="service")
    bom = Bom(components=[_component(package) for package in shipped])
    bom.metadata.component = service
    bom.register_dependency(service, bom.components)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _component(package: licences.Package) -> Component:
    """The hashes are those of every archive of that version: which one it is depends on the machine."""
    pin = package.pin
    return Component(
        name=pin.name,
        version=pin.version,
        purl=PackageURL("pypi", name=pin.name, version=pin.version),
        bom_ref=pin.name,
        licenses=[LicenseExpression(package.licence)],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=value) for value in pin.hashes],
        components=[
            Component(
                name=part.name,
                version=part.version or None,
                purl=PackageURL.from_string(part.url) if part.url else None,
                bom_ref=f"{pin.name}/{part.name}/{part.version}",
                licenses=[LicenseExpression(part.licence)],
            )
            for part in package.parts
        ],
    )
