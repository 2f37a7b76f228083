"""regions.csv: a provider's region and the geography it shares, grouped by the name that the provider gives it."""

from catalog.offerings import Region

GEOGRAPHIES: dict[str, dict[str, tuple[str, ...]]] = {
    "us-east": {
        "aws": ("us-east-1", "us-east-2"),
        "gcp": ("us-east1", "us-east4", "us-east5"),
        "azure": ("eastus", "eastus2"),
        "oci": ("us-ashburn-1",),
    },
    "us-central": {"gcp": ("us-central1",), "azure": ("southcentralus", "northcentralus"), "nebius": ("us-central1",)},
    "us-west": {"aws": ("us-west-1", "us-west-2"), "gcp": ("us-west1", "us-west4"), "azure": ("westus2", "westus3")},
    "europe-north": {
        "aws": ("eu-north-1",),
        "gcp": ("europe-north1",),
        "azure": ("swedencentral",),
        "nebius": ("eu-north1",),
    },
    "europe-west": {
        "aws": ("eu-west-1", "eu-west-2", "eu-central-1"),
        "gcp": ("europe-west1", "europe-west2", "europe-west3", "europe-west4"),
        "azure": ("westeurope", "francecentral", "uksouth"),
        "oci": ("eu-frankfurt-1",),
        "nebius": ("eu-west1",),
    },
    "asia-northeast": {
        "aws": ("ap-northeast-1", "ap-northeast-2"),
        "gcp": ("asia-northeast1", "asia-northeast3"),
        "azure": ("japaneast", "koreasouth", "koreacentral"),
        "oci": ("ap-tokyo-1",),
    },
    "asia-south": {
        "aws": ("ap-south-1", "ap-southeast-1", "ap-southeast-3"),
        "gcp": ("asia-south1", "asia-southeast1"),
        "azure": ("centralindia", "southeastasia"),
    },
}
"""Geography -> provider -> the provider's own names. Two regions of one geography are taken to fail together."""

_SOURCE = "provider's region name; grouped by this project into what one event may take away together"


def region_id(provider: str, name: str) -> str:
    """Region names repeat across providers, so the provider is part of the id.

    >>> region_id("nebius", "us-central1")
    'nebius-us-central1'
    """
    return f"{provider}-{name}"


def regions() -> list[Region]:
    """Every region that the catalog groups, by id."""
    return sorted(
        (
            Region(region=region_id(provider, name), geography=geography, source=_SOURCE)
            for geography, providers in GEOGRAPHIES.items()
            for provider, names in providers.items()
            for name in names
        ),
        key=lambda row: row.region,
    )
