"""How the trail reads: the names of acts and facts, and what changed between before and after.

Acts of every app are named here, as rights are: an act without a name fails the walls' tests.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Area -> code of the act -> its name.
ACTS: dict[str, dict[str, str]] = {
    "账号与岗位": {
        "tenancy.login.signed_in": "登录",
        "tenancy.login.password_changed": "修改密码",
        "tenancy.second_factor.bound": "绑定双因子",
        "tenancy.second_factor.codes_renewed": "更换恢复码",
        "tenancy.second_factor.removed": "解除双因子",
        "tenancy.account.opened": "开立账号",
        "tenancy.account.changed": "更正账号",
        "tenancy.account.password_reset": "重置密码",
        "tenancy.account.stopped": "停用账号",
        "tenancy.account.restarted": "恢复账号",
        "tenancy.account.sessions_ended": "结束全部登录",
        "tenancy.post.appointed": "任职",
        "tenancy.post.login_given": "关联账号",
        "tenancy.post.serves": "调整服务区域",
        "tenancy.post.dismissed": "离任",
        "tenancy.post.reinstated": "恢复任职",
        "tenancy.petition.asked": "提交申请",
        "tenancy.petition.confirmed": "确认申请",
        "tenancy.petition.refused": "不同意申请",
        "tenancy.petition.withdrawn": "撤回申请",
        "tenancy.right.lent": "临时授权",
        "tenancy.right.returned": "收回临时授权",
    },
    "个人卡、手机与令牌": {
        "cadres.cards.asked": "打印个人卡",
        "tenancy.invitation.issued": "发出个人卡",
        "tenancy.invitations.issued": "批量发出个人卡",
        "tenancy.device.bound": "绑定手机",
        "tenancy.device.unlocked": "用PIN登录",
        "tenancy.device.refused": "绑定或PIN未通过",
        "tenancy.door.issued": "生成令牌",
        "tenancy.door.opened": "用令牌访问",
        "tenancy.door.revoked": "收回手机或令牌",
    },
    "区划与方案": {
        "tenancy.place.founded": "新设区划",
        "tenancy.place.renamed": "更正区划",
        "tenancy.place.moved": "移动区划",
        "tenancy.place.closed": "撤销区划",
        "tenancy.place.reopened": "恢复区划",
        "tenancy.plan.adopted": "启用方案",
        "tenancy.plan.withdrawn": "收回方案",
        "tenancy.plan.annexed": "上传方案附件",
        "tenancy.plan.annex-detached": "移除方案附件",
        "tenancy.plandraft.started": "起草方案",
        "tenancy.plandraft.changed": "修改方案草稿",
        "tenancy.plandraft.dropped": "放弃方案草稿",
        "tenancy.subplan.expected": "登记应报方案",
        "tenancy.subplan.filed": "报送下级方案",
        "tenancy.milestone.marked": "登记时间表进展",
        "tenancy.seat.taken": "登记机制任职",
        "tenancy.seat.left": "登记机制离任",
        "tenancy.stage.noted": "登记阶段进展",
        "tenancy.calendar.corrected": "更正工作日历",
        "tenancy.calendar.settled": "核定年度日历",
        "tenancy.calendar.unsettled": "取消核定年度日历",
    },
    "审计": {
        "tenancy.trail.read": "查看审计日志",
        "tenancy.trail.exported": "导出审计日志",
        "tenancy.trail.verified": "校验审计链",
    },
    "导入与导出": {
        "tenancy.import.received": "上传导入文件",
        "tenancy.import.mapped": "指明导入列",
        "tenancy.import.amended": "更正导入内容",
        "tenancy.import.set-aside": "暂不导入或恢复行",
        "tenancy.import.word-forgotten": "不再沿用导入用词",
        "tenancy.import.committed": "写入导入批次",
        "tenancy.import.undone": "撤销导入批次",
        "reports.exported": "导出",
        "reports.export.asked": "提交导出",
        "reports.export.written": "生成导出文件",
        "reports.period.closed": "季度数字定稿",
    },
    "主体": {
        "entities.entity.added": "新增主体",
        "entities.entity.changed": "修改主体",
        "entities.status.changed": "变更经营状态",
        "entities.status.undone": "撤销状态变更",
        "entities.grade.upgraded": "提级",
        "entities.grade.corrected": "更正等级",
        "entities.grade.withdrawn": "撤销等级决定",
        "entities.grade.followed": "等级按日更新",
        "entities.place.regraded": "按新规则重新分级",
        "entities.place.regrading_undone": "撤销重新分级",
        "entities.phone.revealed": "查看联系电话",
        "entities.bulk.changed": "批量办理",
        "entities.bulk.undone": "撤销批量办理",
        "entities.mending.given": "分派资料补录",
        "entities.mending.withdrawn": "收回资料补录",
        "entities.view.kept": "存下常用视图",
        "entities.view.changed": "修改常用视图",
        "entities.view.moved": "调整常用视图次序",
        "entities.view.removed": "删除常用视图",
        "entities.view.restored": "恢复常用视图",
        "entities.change.undone": "撤销变动",
        "entities.changes.settled": "变动办结",
        "entities.entity.merged": "合并重复主体",
        "entities.entity.merged_away": "并入另一家",
        "entities.entity.unmerged": "撤销合并",
        "entities.entity.kept_apart": "确认不是同一家",
        "entities.survey.opened": "开展摸底",
        "entities.survey.drafted": "核实主体",
        "entities.survey.confirmed": "确认摸底结果",
        "entities.survey.returned": "退回核实",
        "entities.survey.closed": "结束摸底",
        "entities.survey.exported": "导出摸底结果",
        "entities.outside.received": "上传外部名单",
        "entities.outside.compared": "重新比对外部名单",
        "entities.outside.exported": "导出比对差异",
        "entities.outside.accepted": "批量采纳外部名单",
        "entities.outside.settled": "批量处理差异",
        "entities.outside.basis_set": "把外部名单作为归集率分母",
        "entities.outside.basis_ended": "外部名单不再作为分母",
        "entities.difference.accepted": "采纳外部名单的差异",
        "entities.difference.rejected": "不采纳外部名单的差异",
        "entities.difference.kept": "保留名单上没有的主体",
        "entities.difference.reopened": "重新处理差异",
        "entities.clearance.asked": "提出查无下落",
        "entities.clearance.confirmed": "复核移出",
        "entities.clearance.rejected": "复核未通过",
        "reports.changes.reminded": "变动提醒",
        "reports.cadre-changes.reminded": "提醒干部变动",
        "reports.life.exported": "导出生命线",
        "reports.changes.exported": "导出变动事项",
        "entities.expiry.told": "发出到期提醒",
        "entities.supply.changed": "登记供餐方式",
        "entities.belonging.changed": "登记归属",
        "entities.cluster.added": "登记集聚场所",
        "entities.cluster.changed": "修改集聚场所",
        "entities.chain.added": "登记连锁企业",
        "entities.chain.changed": "修改连锁企业",
        "entities.spot.changed": "登记坐标",
        "entities.extras.changed": "登记本地台账项",
        "entities.size.recorded": "登记规模数据",
        "entities.licence.added": "登记许可证",
        "entities.licence.changed": "修改许可证",
        "entities.licence.struck": "删除许可证",
        "entities.licence.restored": "恢复许可证",
        "entities.contact.added": "登记人员",
        "entities.contact.changed": "修改人员",
        "entities.contact.struck": "删除人员",
        "entities.contact.restored": "恢复人员",
        "entities.insurance.added": "登记责任保险",
        "entities.insurance.changed": "修改责任保险",
        "entities.insurance.struck": "删除责任保险",
        "entities.insurance.restored": "恢复责任保险",
        "entities.code.added": "登记外部编码",
        "entities.code.changed": "修改外部编码",
        "entities.code.struck": "删除外部编码",
        "entities.code.restored": "恢复外部编码",
        "entities.flag.added": "登记处罚或信用标记",
        "entities.flag.changed": "修改处罚或信用标记",
        "entities.flag.struck": "删除处罚或信用标记",
        "entities.flag.restored": "恢复处罚或信用标记",
        "entities.hint.dismissed": "不采用状态线索",
        "entities.check.added": "登记监督检查",
        "entities.check.changed": "修改监督检查",
        "entities.check.struck": "删除监督检查",
        "entities.check.restored": "恢复监督检查",
    },
    "责任清单": {
        "cadres.proposal.made": "生成指派方案",
        "cadres.penalty.told": "告知处罚",
        "cadres.penalty.read": "确认已阅处罚告知",
        "cadres.proposal.edited": "调整指派方案",
        "cadres.proposal.dropped": "放弃指派方案",
        "cadres.list.approved": "批准责任清单",
        "cadres.list.undone": "撤回责任清单",
        "cadres.list.exported": "导出责任清单",
        "cadres.list.downloaded": "下载责任清单",
        "cadres.change.registered": "登记干部变动",
        "cadres.change.undone": "撤销干部变动",
        "cadres.changes.exported": "导出干部变动",
    },
    "承诺书": {
        "commitments.letters.issued": "生成承诺书",
        "commitments.letter.built": "承诺书成文",
        "commitments.letter.delegated": "登记受托人",
        "commitments.letter.scan-uploaded": "上传扫描件",
        "commitments.letter.passed": "审核通过",
        "commitments.letter.returned": "退回承诺书",
        "commitments.letter.review-undone": "撤销审核",
        "commitments.letter.filed": "归档承诺书",
    },
    "督导与问题": {
        "supervision.quarter.opened": "启动季度任务",
        "supervision.reminders.written": "发出提醒",
        "supervision.visit.submitted": "提交督导记录",
        "supervision.visit.completed": "补齐督导照片",
        "supervision.issue.hand_over": "移交问题",
        "supervision.issue.acknowledge": "监管报到",
        "supervision.issue.start": "开始处置",
        "supervision.issue.send_back": "退回问题",
        "supervision.issue.answer": "反馈结果",
        "supervision.issue.close": "核实办结",
        "supervision.issue.reopen": "重新处置",
        "supervision.closure.accepted": "核实关店属实",
        "supervision.closure.rejected": "核实未关店",
        "supervision.clocks.recounted": "重算期限",
    },
}
ACT_NAMES: dict[str, str] = {code: name for acts in ACTS.values() for code, name in acts.items()}

# Facts whose name no field of the subject gives.
FACTS: dict[str, str] = {
    "account": "账号", "all": "全部", "ended": "结束", "moved": "变动", "answer": "答复", "approver": "批准人", "archive_number": "归档号", "area": "所属区域",
    "basis": "依据", "batch": "批次", "body": "机构", "last_day": "任到", "cadre": "包保干部", "column": "列", "count": "条数", "counts": "数量",
    "changed": "变更", "cells": "单元格", "day": "日期", "delegate": "受托人", "entities": "主体", "factor": "登录方式",
    "figures": "数字", "file": "文件", "filter": "条件", "filters": "条件", "fulfilled": "完成", "grade": "等级",
    "holder": "办理方", "kept": "未撤销", "kind": "种类", "letters": "承诺书", "licence": "许可证", "login": "登录名",
    "mode": "方式", "name": "名称", "new": "新增", "number": "编号", "parent": "上级", "path": "编码路径",
    "pending": "待定", "period": "时段", "person": "姓名", "phone": "电话", "place": "地方", "places": "服务区域",
    "plan": "方案", "read": "读取", "reason": "理由", "refused": "未写入", "removed": "移除", "restored": "恢复",
    "result": "结果", "right": "权限", "role": "角色", "rows": "行数", "same": "相同", "sha256": "摘要",
    "since": "起", "state": "状态", "status": "经营状态", "text": "说明", "title": "职务", "to": "改为",
    "uncovered": "悬空", "until": "止", "version": "版本", "words": "关键字", "written": "写入", "code": "区划代码",
    "added": "新增", "again": "补发给已绑定的", "annex": "附件", "cards": "张数", "cited": "依据条款", "days": "期限变动",
    "decision": "等级决定", "device": "手机", "document": "文件", "done_on": "完成日期", "door": "入口", "draft": "草稿",
    "entity": "主体", "failures": "连续输错", "filed_on": "报送日期", "from": "起算日", "invitation": "个人卡",
    "keys": "改动项", "kinds": "分类数量", "lines": "时间表行数", "note": "说明", "on": "日期", "owed_again": "重新待督导",
    "posts": "岗位", "read_only": "只读", "recited": "只换依据", "reports": "报告数", "responsible": "责任人",
    "stage": "阶段", "subject": "对象", "total": "总数", "undone": "已撤销", "unit": "单位", "wait": "须等（秒）",
    "what": "事项", "year": "年份", "above": "上级包保", "archive": "归档号", "back": "恢复", "closed": "不再应督导",
    "conditions": "条件", "proposed": "采用的建议", "fulfils": "完成任务", "kept_by": "保管单位", "meant": "系统用词", "missing": "缺项", "over": "超上限",
    "pages": "页数", "quarter": "季度", "remembered": "以后沿用", "row": "标题行", "said": "表中写法", "sheet": "工作表",
    "skipped": "略过", "titles": "列标题", "ungraded": "未分级", "warned": "有提醒",
    "query": "条件", "shared": "本单位共用", "position": "次序",
    "record": "条目", "issued_by": "发证机关", "valid_from": "有效期自", "valid_until": "有效期至", "scope": "许可范围",
    "shift": "专职或兼职", "health_until": "健康证有效期至", "appointment": "任命文件", "insurer": "承保公司",
    "policy_number": "保单号", "system": "系统名称", "source": "来源",
    "listed_on": "数据截至", "list": "外部名单", "field": "项目", "there": "名单上", "here": "台账里", "known": "台账里有",
    "differences": "差异",
    "measures": "处罚种类", "decided_on": "决定日期", "checked_on": "检查日期", "problems": "存在问题",
    "penalties": "处罚", "penalty": "处罚", "at": "时间",
    "cluster": "集聚场所", "stall": "摊位号", "chain": "连锁企业", "sells_at": "经常出摊地点", "sells_hours": "出摊时段",
    "operator": "开办者", "closed_on": "停办日期", "spot": "坐标", "extras": "本地增加的台账项",
}  # fmt: skip
VALUES: dict[str, dict[str, str]] = {
    "factor": {"password": "密码", "code": "密码和验证码", "recovery": "密码和恢复码"},
    "what": {"pin": "PIN", "answer": "名册上的手机号或姓名"},
    "result": {"whole": "完好", "broken": "有断裂"},
    "kind": {
        "post": "岗位",
        "second_factor": "解除双因子",
        "ledger": "主体台账",
        "roster": "干部名册",
        "progress": "督导进度",
        "staffing": "两员配备",
        "penalties": "行政处罚",
        "checks": "监督检查",
        "staff": "两员名单",
        "posts": "联络员等岗位名单",
        "goals": "年度目标",
        "trend": "各季度走势",
    },
}

# A mobile or a fixed number that stands alone; the trail should hold none, and shows none.
NUMBER = re.compile(r"(?<![0-9A-Za-z])(1\d{2}|0\d{2,3}-?)(\d{3,4})(\d{4})(?![0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of an act: its name, what it was and what it is; equal facts are no change."""

    key: str
    before: Any
    after: Any


def act_name(code: str) -> str:
    """The name of an act; a code that nobody named reads as it stands."""
    return ACT_NAMES.get(code, code)


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """What an act changed, in the order it was written down."""
    was, now = before or {}, after or {}
    keys = [*now, *(key for key in was if key not in now)]
    return [Change(key, was.get(key), now.get(key)) for key in keys if was.get(key) != now.get(key)]


def readable(value: Any, worded: Callable[[str], str] = str) -> str:
    """A value of the trail as one line of text, without any telephone number in clear."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        parts = ((FACTS.get(str(key), str(key)), readable(each, worded)) for key, each in value.items())
        return "；".join(f"{name} {text}" for name, text in parts if text)
    if isinstance(value, list | tuple):
        return "、".join(readable(each, worded) for each in value)
    text = worded(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return without_numbers(text)


def without_numbers(text: str) -> str:
    """Telephone numbers with their middle starred."""
    return NUMBER.sub(lambda found: f"{found[1]}****{found[3]}", text)
