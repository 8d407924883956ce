"""What a plan proves, assumes and counts, in sentences that its documents share."""

from __future__ import annotations

from gridplan.partition.outcome import Stage
from gridplan.plan import Plan
from gridplan.rules import RadiusAlong, RuleSet
from gridplan.words import Language, say


def certificate(plan: Plan, language: Language = "zh") -> tuple[str, ...]:
    """How good the plan provably is, one sentence a stage, and what the check of rules found.

    Of a plan that was adjusted by hand, that nothing is proved stands in place of the stages.

    Parameters
    ----------
    plan : Plan
        The plan.
    language : {"zh", "en"}
        Of the sentences.
    """
    measure = plan.provenance.rules.measure
    told = [
        _stage(stage, measure, language)
        for stage in plan.stages
        if not (stage.name == "relaxation" and stage.objective == 0)
    ]
    if plan.adjusted:
        told = [say("certificate.adjusted", language)]
    wrong = {"violations": len(plan.violations), "exceptions": len(plan.exceptions)}
    clean = "clean" if not any(wrong.values()) else "found"
    return (*told, say(f"certificate.check.{clean}", language, **wrong))


def estimated_households(plan: Plan) -> int:
    """Households that are an estimate."""
    return int(plan.units.loc[plan.units["estimated"].astype(bool), "households"].sum())


def count_households(count: float, estimated: bool, language: Language = "zh") -> str:
    """A number of households with its unit, ≈ before an estimate."""
    key = "certificate.about_households" if estimated else "certificate.households"
    return say(key, language, count=count)


def estimate_note(plan: Plan, language: Language = "zh") -> str:
    """How many households there are and how many of them are estimated."""
    guessed, total = estimated_households(plan), plan.households
    parts = plan.buildings[plan.buildings["estimated"].astype(bool)]
    if not plan.estimated and len(parts):
        inside = int(parts["households"].sum())
        values = {"total": total, "buildings": len(parts), "inside": inside}
        return say("certificate.parts_estimated", language, **values)
    if not plan.estimated:
        return say("certificate.counted", language, total=total)
    share = guessed / total if total else 0.0
    return say("certificate.estimated", language, total=total, guessed=guessed, share=share)


def grid_name(code: str, community: str, language: Language = "zh") -> str:
    """What a grid is called until someone names it: community and number.

    Parameters
    ----------
    code : str
        Whose last three digits are the number; a code without them is used whole.
    community : str
        Its name.
    """
    number = str(int(code[-3:])) if code[-3:].isdigit() and len(code) > 3 else code
    return say("certificate.grid_name", language, community=community, number=number)


def rule_sentences(rules: RuleSet, language: Language = "zh") -> tuple[tuple[str, str, str], ...]:
    """Each limit in force.

    Returns
    -------
    tuple of (name, value, source)
        In words: what is limited, to how much, and the sentence it comes from.
    """
    rows = []
    for side, limits in (("urban", rules.urban), ("rural", rules.rural)):
        for name in ("lower", "upper", "radius_m"):
            limit = getattr(limits, name)
            unit = "metres" if name == "radius_m" else rules.measure
            value = (
                say("certificate.no_limit", language)
                if limit.value is None
                else say(f"certificate.{unit}", language, count=limit.value)
            )
            rows.append((say(f"certificate.rule.{side}.{name}", language), value,
                         limit.sentence(language)))  # fmt: skip
    ours = say("rules.source.edited", language)
    if rules.growth_reserve:
        value = f"{rules.growth_reserve:.1%}"
        rows.append((say("certificate.rule.growth_reserve", language), value, ours))
    if rules.radius_along is RadiusAlong.STREETS:
        value = say("certificate.along_streets", language)
        rows.append((say("certificate.rule.radius_along", language), value, ours))
    value = say(f"certificate.grid_count.{rules.grid_count.value}", language)
    rows.append((say("certificate.rule.grid_count", language), value, ours))
    return tuple(rows)


def _stage(stage: Stage, measure: str, language: Language) -> str:
    proof = "proved" if stage.gap == 0 else "bounded" if stage.bound > 0 else "open"
    return say(
        f"certificate.{stage.name}.{proof}",
        language,
        objective=stage.objective,
        bound=stage.bound,
        gap=stage.gap,
        unit=say(f"certificate.unit.{measure}", language),
    )
