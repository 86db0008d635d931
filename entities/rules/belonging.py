"""What a shop belongs to beside its community, and where a seller without a fixed address is to be found."""

from enum import StrEnum

from tenancy.rules.refusals import Refused


class ClusterKind(StrEnum):
    """集聚场所 by kind."""

    MARKET = "market"
    FOOD_STREET = "food_street"
    PARK = "park"
    MALL = "mall"


CLUSTER_LABELS = {
    ClusterKind.MARKET.value: "农贸市场",
    ClusterKind.FOOD_STREET.value: "食品街",
    ClusterKind.PARK.value: "园区",
    ClusterKind.MALL.value: "商场",
}
# Field of an entity -> what pages and the trail call it.
BELONGING = {
    "cluster": "集聚场所",
    "stall": "摊位号",
    "chain": "连锁企业",
    "sells_at": "经常出摊地点",
    "sells_hours": "出摊时段",
}


def covers(group: str, shop: str) -> bool:
    """Whether the office at the first path keeps groups for a shop at the second."""
    return shop.startswith(group)


def not_covered(name: str) -> str:
    """Why a shop of elsewhere does not belong to a group."""
    return f"“{name}”不在这家主体所在的辖区内登记；请选本辖区的，或由上级单位登记后再归入"


def refuse_belonging(*, cluster: bool, stall: str, sells_at: str, sells_hours: str) -> None:
    """A stall's number belongs to a cluster, and hours to a place of sale. Raises Refused."""
    if stall and not cluster:
        raise Refused("填了摊位号，没有选集聚场所；请选是哪一个市场、园区或商场。", code="stall-alone")
    if sells_hours and not sells_at:
        raise Refused("填了出摊时段，没有填出摊地点；请写明经常在哪里出摊。", code="hours-alone")
