"""The six rules of ``by_hand`` as a data engineer would write them with polars."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from tests.benchmarks.by_hand import KINDERGARTEN, NOT_SHOWN, PATHWAY_DIPLOMAS, RULES, YEAR, Found
from tests.benchmarks.state import COLUMNS
from tests.benchmarks.yardsticks import json_files

COUNT_DATE = date(2023, 10, 2)
_TYPES = {
    "VARCHAR": pl.String, "BIGINT": pl.Int64, "INTEGER": pl.Int32, "DOUBLE": pl.Float64, "BOOLEAN": pl.Boolean,
    "DATE": pl.String,
}  # fmt: skip
_ORGANIZATION = "educationOrganizationReference"
_STUDENT = pl.col("studentReference").struct.field("studentUniqueId").alias("student")
_OWNER = pl.col(_ORGANIZATION).struct.field("educationOrganizationId").alias("organization")


def _type(kind: Any) -> Any:
    if isinstance(kind, dict):
        return pl.Struct({name: _type(inner) for name, inner in kind.items()})
    return pl.List(_type(kind[0])) if isinstance(kind, list) else _TYPES[kind]


def _scan(folder: Path, name: str, *columns: str) -> pl.LazyFrame:
    """Columns of a resource, from Parquet or from JSON lines."""
    kinds = {column: COLUMNS[name][column] for column in columns}
    if (folder / f"{name}.parquet").is_file():
        return pl.scan_parquet(folder / f"{name}.parquet").select(columns)
    frame = pl.scan_ndjson(json_files(folder, name), schema={column: _type(kind) for column, kind in kinds.items()})
    return frame.with_columns(pl.col(column).str.to_date() for column, kind in kinds.items() if kind == "DATE")


def _code(column: pl.Expr) -> pl.Expr:
    return column.str.split_exact("#", 1).struct.field("field_1")


class Frames:
    """The plans of the six rules over a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.births = _scan(folder, "students", "studentUniqueId", "birthDate").rename({"studentUniqueId": "student"})
        self.births = self.births.unique("student", keep="first", maintain_order=True)
        agency = pl.col("localEducationAgencyReference").struct.field("localEducationAgencyId").alias("owner")
        schools = _scan(folder, "schools", "schoolId", "localEducationAgencyReference").select("schoolId", agency)
        agencies = _scan(folder, "localEducationAgencies", "localEducationAgencyId").select(
            pl.col("localEducationAgencyId").alias("organization"), pl.col("localEducationAgencyId").alias("owner")
        )
        self.owners = pl.concat([schools.rename({"schoolId": "organization"}), agencies])
        self.enrollments = self._enrollments(schools)
        claims = "studentEducationOrganizationResponsibilityAssociations"
        extension = pl.col("_ext").struct.field("idoe").struct.field("admCodeDescriptor").alias("adm")
        funding = _code(pl.col("responsibilityDescriptor")) == "Funding"
        self.claims = (
            _scan(folder, claims, "studentReference", _ORGANIZATION, "responsibilityDescriptor", "beginDate", "_ext")
            .select(_STUDENT, _OWNER, funding.alias("funding"), extension)
            .with_row_index("claim")
        )

    def _enrollments(self, schools: pl.LazyFrame) -> pl.LazyFrame:
        columns = ("entryDate", "exitWithdrawDate", "entryGradeLevelDescriptor", "primarySchool")
        references = ("studentReference", "schoolReference", "schoolYearTypeReference")
        year = pl.col("schoolYearTypeReference").struct.field("schoolYear")
        school = pl.col("schoolReference").struct.field("schoolId").alias("schoolId")
        return (
            _scan(self.folder, "studentSchoolAssociations", *references, *columns)
            .filter(year.fill_null(YEAR) == YEAR)
            .select(_STUDENT, school, *columns)
            .with_columns(pl.col("exitWithdrawDate").fill_null(date(9999, 1, 1)))
            .join(schools, on="schoolId")
        )

    def se_5(self) -> pl.LazyFrame:
        name = "studentSpecialEducationProgramAssociations"
        disability = pl.element().struct.field("disabilityDescriptor")
        delayed = (pl.element().struct.field("orderOfDisability") == 1) & (_code(disability) == "08")
        return (
            _scan(self.folder, name, "studentReference", "disabilities")
            .filter(pl.col("disabilities").list.eval(delayed).list.any())
            .select(_STUDENT)
            .join(self.births, on="student")
            .filter(pl.col("birthDate") <= date(2014, 12, 1))
        )

    def me_1(self) -> pl.LazyFrame:
        return self.claims.filter(pl.col("funding") & pl.col("adm").is_null())

    def me_6(self) -> pl.LazyFrame:
        entry, leaving = pl.col("entryDate"), pl.col("exitWithdrawDate")
        active = pl.lit(COUNT_DATE).is_between(entry, leaving)
        counted = pl.when(active.any().over("claim")).then(active).otherwise(entry == entry.max().over("claim"))
        return (
            self.claims.join(self.enrollments, left_on=["student", "organization"], right_on=["student", "owner"])
            .filter(counted)
            .filter(_code(pl.col("entryGradeLevelDescriptor")).is_in(list(KINDERGARTEN)))
            .unique("claim")
            .join(self.births, on="student")
            .filter(pl.col("birthDate") > date(2018, 10, 1))
        )

    def me_32(self) -> pl.LazyFrame:
        primary = (
            self.claims.filter("funding")
            .join(
                self.enrollments.filter(pl.col("primarySchool").fill_null(True)),
                left_on=["student", "organization"],
                right_on=["student", "owner"],
            )
            .select("claim", "student", "organization", "entryDate", "exitWithdrawDate")
        )
        overlap = (pl.col("entryDate") <= pl.col("exitWithdrawDate_right")) & (
            pl.col("entryDate_right") <= pl.col("exitWithdrawDate")
        )
        return (
            primary.join(primary, on="student")
            .filter((pl.col("organization") != pl.col("organization_right")) & overlap)
            .unique("claim")
        )

    def hb_2(self) -> pl.LazyFrame:
        days = pl.col("_ext").struct.field("idoe").struct.field("dayCount").alias("days")
        total = pl.when(pl.col("days").is_not_null().all()).then(pl.col("days").sum()).alias("total")
        return (
            _scan(
                self.folder, "studentProgramAssociations", "studentReference", _ORGANIZATION, "programReference", "_ext"
            )
            .filter(pl.col("programReference").struct.field("programName") == "Homebound")
            .select(_STUDENT, _OWNER, days)
            .join(self.owners, on="organization")
            .group_by("student", "owner")
            .agg(total)
            .filter(pl.col("total") < 20)
        )

    def gr_15(self) -> pl.LazyFrame:
        is_competency = (
            _code(pl.element().struct.field("recognitionTypeDescriptor")) == "Postsecondary-Ready Competency"
        )
        recognition = pl.col("recognitions").list.eval(pl.element().filter(is_competency)).list.first()
        competency = recognition.struct.field("achievementCategoryDescriptor").alias("competency")
        diploma = pl.col("diplomas").struct
        cohorts = _scan(self.folder, "reference/cohorts", "studentUniqueId", "cohortYear")
        year = pl.col("schoolYearTypeReference").struct.field("schoolYear")
        columns = ("studentReference", "schoolYearTypeReference", "diplomas", "recognitions")
        shown = [_code(pl.col(name)).is_in(list(NOT_SHOWN)).fill_null(True) for name in ("skill", "competency")]
        return (
            _scan(self.folder, "studentAcademicRecords", *columns)
            .filter(year == YEAR)
            .select(_STUDENT, "diplomas", competency)
            .explode("diplomas")
            .with_columns(
                diploma.field("diplomaLevelDescriptor").alias("level"),
                diploma.field("achievementCategoryDescriptor").alias("skill"),
            )
            .filter(_code(pl.col("level")).is_in(list(PATHWAY_DIPLOMAS)))
            .join(cohorts, left_on="student", right_on="studentUniqueId")
            .filter((pl.col("cohortYear") >= 2023) & (shown[0] | shown[1]))
        )


def found(folder: Path) -> list[Found]:
    """All findings of the six rules, collected together so that polars can share what they read."""
    frames = Frames(folder)
    plans = (frames.se_5(), frames.me_1(), frames.me_6(), frames.me_32(), frames.hb_2(), frames.gr_15())
    collected = pl.collect_all([plan.select("student") for plan in plans])
    return [(rule, student) for rule, frame in zip(RULES, collected, strict=True) for student in frame["student"]]
