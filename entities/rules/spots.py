"""Where a shop lies on a map: two numbers that mean nothing without the system they are of.

They are kept as they were given. Turning one system into another is left to whoever publishes it.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tenancy.rules.refusals import Refused


class Datum(StrEnum):
    """坐标系 of a pair of coordinates."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


DATUM_LABELS = {
    Datum.WGS84.value: "WGS84（手机定位、国际通用）",
    Datum.GCJ02.value: "GCJ-02（高德、腾讯地图）",
    Datum.BD09.value: "BD-09（百度地图）",
}
DATUM_NAMES = {Datum.WGS84.value: "WGS84", Datum.GCJ02.value: "GCJ-02", Datum.BD09.value: "BD-09"}
# Degrees that hold every place of the country; what lies outside was mistyped or exchanged.
EAST, NORTH = (Decimal(73), Decimal(136)), (Decimal(3), Decimal(54))


@dataclass(frozen=True, slots=True)
class Spot:
    """Longitude and latitude in degrees, with their system."""

    longitude: Decimal
    latitude: Decimal
    datum: Datum


def refuse_spot(spot: Spot) -> None:
    """Raises Refused for a pair that lies outside the country."""
    if EAST[0] <= spot.longitude <= EAST[1] and NORTH[0] <= spot.latitude <= NORTH[1]:
        return
    exchanged = EAST[0] <= spot.latitude <= EAST[1] and NORTH[0] <= spot.longitude <= NORTH[1]
    said = "经度和纬度可能填反了，请对调" if exchanged else "请核对，如经度 121.387654、纬度 31.134567"
    raise Refused(f"这个位置不在国内（经度 73 至 136、纬度 3 至 54）；{said}。", code="spot-outside")


def geo_uri(spot: Spot) -> str:
    """What opens a telephone's own map (RFC 5870, whose numbers are WGS84); empty for any other system."""
    return f"geo:{spot.latitude},{spot.longitude}" if spot.datum is Datum.WGS84 else ""


def spot_said(spot: Spot) -> str:
    """As pages show it: longitude, latitude, system."""
    return f"{spot.longitude.normalize():f}, {spot.latitude.normalize():f}（{DATUM_NAMES[spot.datum]}）"
