"""What no field that a place adds to the register may hold, told by its name, and the rule that says so."""

FORBIDDEN_FIELDS: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("身份证", "证件号", "护照号", "银行卡", "银行账", "卡号", "人脸", "指纹", "生物识别"),
        "是敏感个人信息，包保工作用不到，不得收集（《中华人民共和国个人信息保护法》第六条、第二十八条）",
    ),
    (
        ("积分", "排名", "排行", "名次", "打卡", "签到", "在线时长", "活跃度", "轨迹"),
        "不得用系统做积分、排名、打卡或留痕（国办函〔2026〕12号）",
    ),
)
