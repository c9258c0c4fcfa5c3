"""Every diagnostic code with its words: the one place where they are written.

Codes are stable for ever and grouped by phase: E1xx documents, E2xx syntax of expressions, E3xx names, E4xx types,
E5xx rules, tables and examples, E6xx publications, W9xx lints, N9xx notes. ``message`` says what is wrong in the
author's words and ``hint`` what to do; the gaps are filled where the mistake is found. Each code has a page in
``pages/``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """The title of a code's page and the sentences it prints."""

    title: str
    message: str
    hint: str = ""
    level: str = "error"


CODES: dict[str, Code] = {
    # -- documents
    "E101": Code(
        "A file that cannot be read",
        "the file cannot be read from here on: {problem}",
        "compare with a neighboring spec, or start again with `rulewright new rule`",
    ),
    "E102": Code("A tab in the indentation", "this line is indented with a tab", "use spaces"),
    "E103": Code(
        "A colon inside unquoted text",
        "this colon, followed by a space, would begin a new key",
        "put the text in quotes, or write it below the key after `|`",
    ),
    "E104": Code(
        "Text that begins with a special character",
        "text beginning with `{character}` means something else in YAML",
        "put the whole text in quotes, or write it below the key after `|`",
    ),
    "E105": Code("A key written twice", "the key `{key}` stands twice here", "remove one of the two"),
    "E106": Code(
        "Anchors, aliases and merge keys",
        "`{what}` reuses a part of the file, which specs do not allow",
        "write the value out where it is meant",
    ),
    "E107": Code(
        "A YAML tag",
        "`{tag}` is a YAML tag, which specs do not allow",
        "remove it, write `not`, or put the whole text in quotes",
    ),
    "E108": Code(
        "A key without a value",
        "{what} has no value",
        "write the value, or remove the key",
    ),
    "E109": Code("Too large", "the file has {what}; the limit is {limit}", "split it into several files"),
    "E110": Code(
        "Text cut at a comment sign",
        "the text ends before ` #`; what follows is read as a comment",
        "put the text in quotes, or move the comment to a line of its own",
    ),
    "E111": Code("An unknown key", "`{key}` is not a key of {where}"),
    "E112": Code("A missing key", "{where} needs the key `{key}`", "{meaning}"),
    "E113": Code("The wrong shape", "{what} should be {wanted}, but this is {seen}"),
    "E114": Code("A value that is not allowed", "`{value}` is not a value of `{key}`"),
    "E115": Code(
        "A character from a word processor",
        "{where} holds {what}",
        "type the plain character instead",
    ),
    "E116": Code("Not exactly one document", "the file holds {what}", "a spec file is one list of keys and values"),
    "E117": Code("A text of the wrong form", "`{value}` is not {wanted}", "{example}"),
    "E118": Code("The file name does not match", "{what} `{name}` does not fit the file name `{file}`", "{fix}"),
    "E119": Code(
        "A name given twice", "{what} `{name}` is declared twice", "ids and names are never reused: pick another"
    ),
    "E120": Code("A value of another type", "{what}", "{fix}"),
    "E122": Code(
        "A resource without its subject",
        "no `subjects:` entry says whose record a {resource} is",
        "add `{resource} as x:` with `student`, `school` or `corporation` to `_ruleset.yaml`",
    ),
    # -- syntax of expressions
    "E201": Code("Not an expression", "{seen} is not expected here", "expected {expected}"),
    "E202": Code(
        "A sign from another language",
        "`{sign}` is not used in expressions",
        "write `{instead}`",
    ),
    "E203": Code(
        "`and` mixed with `or`",
        "`and` and `or` are mixed without parentheses",
        "put parentheses around the part that belongs together",
    ),
    "E204": Code(
        "Parentheses missing after `has` or `where`",
        "what follows `{word}` must stand in parentheses",
        "write `{word} (...)`",
    ),
    "E205": Code(
        "A chain of comparisons",
        "a comparison cannot be compared again",
        "write `is between a and b`, or join two comparisons with `and`",
    ),
    "E206": Code(
        "A list of values",
        "several values are written as a list in brackets",
        "write `is one of ['03', '10']`",
    ),
    "E207": Code(
        "An age or day without its date",
        "{what}",
        "{fix}",
    ),
    "E208": Code("Nothing, or too much, to read", "the expression holds {what}", "write {limit}"),
    "E209": Code("Quotes that do not close", "the text in quotes does not end on this line", "close it with {quote}"),
    "E210": Code("Not a day of the calendar", "{text} is not a day", "write a day that exists"),
    "E211": Code("Not part of the language", "`{what}` is not part of the language", "{instead}"),
    "E212": Code("Another way of saying it", "the language has another word for `{what}`", "write `{instead}`"),
    "E213": Code("`if` without `then` and `else`", "an `if` needs both `then` and `else`", "{fix}"),
    "E214": Code(
        "A number with a leading zero",
        "{text} is a number here and would lose its leading zero",
        "write '{text}' if it is a code",
    ),
    "E215": Code("A placeholder that does not close", "{what}", "write the expression between `{{` and `}}`"),
    # -- names
    "E301": Code("An unknown property", "{owner} has no `{name}`"),
    "E302": Code("An unknown name", "`{name}` is not a name known here"),
    "E303": Code("An unknown resource", "there is no resource `{name}` in the schemas of this folder"),
    "E304": Code("An unknown function", "there is no function or definition `{name}`"),
    "E305": Code("An unknown table or code set", "there is no {what} `{name}` in this folder or above it"),
    "E306": Code("An unknown parameter", "`${name}` is not a parameter of {where}"),
    "E307": Code("An unknown collection", "there is no collection `{name}`"),
    "E308": Code(
        "A definition that needs itself", "`{name}` is defined in terms of itself: {path}", "break the circle"
    ),
    "E309": Code("A name that is taken", "`{name}` cannot be used as a name here: {why}", "choose another name"),
    "E310": Code("Schemas that cannot be used", "{what}", "{fix}"),
    "E311": Code(
        "A reference to several kinds of record",
        "`{name}` may be one of several kinds of record",
        "choose the kind, for example `{example}`",
    ),
    "E312": Code("A rule that is not there", "there is no rule `{name}`"),
    "E314": Code("An unknown source document", "there is no document `{name}` in `_sources.yaml`"),
    "E315": Code(
        "A cause that follows from itself",
        "{rule} would follow from itself: `{name}` follows from it",
        "name only the rule whose mending mends the other",
    ),
    "E313": Code(
        "A reference used as a value",
        "`{name}` is a reference, not a value",
        "write `{record}` for the record it points to, or `{part}` for a part of its key",
    ),
    # -- types
    "E401": Code("Unlike things compared", "{left} cannot be compared with {right}"),
    "E402": Code("The wrong kind of value", "{where} needs {wanted}, but this is {seen}"),
    "E403": Code("An unknown code", "{table} has no code '{code}'{years}"),
    "E404": Code(
        "Many where one is needed",
        "this path leads to many values, but {where} needs one",
        "say which: `any x in ... has (...)`, `the x in ... where (...)` or `latest x in ... by ...`",
    ),
    "E405": Code(
        "One where many are needed",
        "{where} needs a list, but this is {seen}",
        "name a list, or use the value itself",
    ),
    "E406": Code(
        "Not a condition",
        "{where} needs a condition (yes or no), but this is {seen}",
        "compare it with something, or write `is present`",
    ),
    "E407": Code("The wrong number of arguments", "`{name}` takes {wanted}, but {seen} given"),
    "E408": Code("A parameter without a value", "`${name}` has no value for {when}", "add it in {file}"),
    "E409": Code("The wrong word for dates or numbers", "`{operator}` is not for {kind}", "write `{instead}`"),
    "E410": Code("Not a pattern", "the pattern {what}", "{fix}"),
    "E411": Code("A code of several namespaces", "'{code}' stands for several codes", "write one of: {choices}"),
    "E412": Code(
        "A code written as a number",
        "{left} is compared with the number {number}, but codes are text",
        "write '{code}'",
    ),
    "E413": Code(
        "Branches of different kinds", "one branch gives {left}, the other {right}", "give both the same kind of value"
    ),
    "E414": Code("Not comparable", "{what}", "{fix}"),
    "E415": Code("Not a picture", "{where} {what}"),
    # -- rules, tables, examples
    "E501": Code("An example that does not fit", "{what}", "{fix}"),
    "E503": Code("Rows that do not fit their table", "{what}", "{fix}"),
    "E504": Code("A quoted row without its hash", "the quoted row {what}", "{fix}"),
    "E505": Code("Severity steps out of order", "{what}", "{fix}"),
    "E506": Code("Keys that do not go together", "{what}", "{fix}"),
    "E507": Code(
        "A blank that is still to be filled", "{what} is still to be written", "write it in the place of `TODO`"
    ),
    # -- publications
    "E601": Code("A record that may lack what it needs", "{what}", "{fix}"),
    "E602": Code(
        "A text that is too long",
        "'{text}' has {count} characters; `{path}` takes {limit}",
        "write a shorter one, or correct the path",
    ),
    "E603": Code(
        "A choice that is not decided",
        "two candidates may agree in all that is compared",
        "compare what tells them apart",
    ),
    "E604": Code("An element without one value", "the element `{name}` {what}", "{fix}"),
    "E605": Code("Two elements at one place", "`{path}` is given by two elements", "remove one of the two"),
    "E606": Code("A part of the key that is not sent", "{what}", "{fix}"),
    "E607": Code("No part of the key", "`{name}` is no part of the key of {resource}", "{fix}"),
    "E608": Code("Publications that do not go together", "{what}", "{fix}"),
    "E609": Code("Sources that do not go together", "{what}", "{fix}"),
    "E610": Code(
        "A table that holds no codes",
        "the table `{name}` cannot say which codes exist",
        "name a table whose key is one column of codes",
    ),
    "E611": Code("A resync that does not decide", "{what}", "{fix}"),
    "E612": Code(
        "A change that is read and never looked at",
        "{fields} of {table} {is_read}, and nothing says what becomes of a change",
        "name {it} under `events`, or under `left to the resync`",
    ),
    "E613": Code(
        "A reason that never applies",
        "nothing reads {fields} of {table}, so no step follows from a change of {it}",
        "correct the name, or remove the trigger",
    ),
    # -- extracts
    "E670": Code("Fields that are not numbered from 1 on", "{what}", "{fix}"),
    "E671": Code("A width that does not fit", "{what}", "{fix}"),
    "E672": Code("An order of rows that is not decided", "{what}", "{fix}"),
    "E673": Code("A field that is not there", "{what}", "{fix}"),
    "E674": Code("Two layouts of one school year", "{what}", "{fix}"),
    "E675": Code("An option that is read before it is chosen", "{what}", "{fix}"),
    "E676": Code(
        "A text that its field cannot hold",
        "field {number} cannot hold `{text}`: {why}",
        "correct the text, or the field",
    ),
    "E677": Code(
        "A default that may not be chosen",
        "the default of `{name}` is none of its values: {listed}",
        "write one of these, or add it under `one of`",
    ),
    "E678": Code("A value that its field cannot print", "the value of field {number} {what}", "{fix}"),
    # -- lints
    "W901": Code(
        "An optional value read without a guard",
        "`{path}` may be missing; the rule is then not checked",
        "say so with `if missing:`, or guard it with `is present`, `is missing` or `otherwise`",
        "warning",
    ),
    "W902": Code(
        "A definition that nothing uses",
        "nothing uses the definition `{name}`",
        "use it in a rule, or remove it",
        "warning",
    ),
    "W903": Code(
        "A parameter that nothing uses",
        "nothing uses the parameter `${name}`",
        "use it in a rule, or remove it",
        "warning",
    ),
    "W904": Code(
        "An outcome without an example",
        "no example of the rule ends in {outcome}",
        "add one, so that a change of the rule is noticed",
        "warning",
    ),
    "W905": Code(
        "An answer that depends on the scope of the data",
        "`{path}` also holds records of other organizations, which a district's data lack",
        "narrow it with `where (...)` to the organization of `{subject}`, or declare `scope: state`",
        "warning",
    ),
    "W906": Code(
        "An unquoted code",
        "other tools read the unquoted `{text}` as {otherwise}",
        "write '{text}' (or run `rulewright fmt`)",
        "warning",
    ),
    "W907": Code(
        "A copied set",
        "these values are the code set `{name}`",
        "write `is one of codes {name}`, so that a change of the table reaches this rule",
        "warning",
    ),
    "W908": Code(
        "A table that nothing uses", "nothing uses {what} `{name}`", "remove it, or cite it by name", "warning"
    ),
    "W909": Code(
        "A change that nothing reads",
        "nothing reads {fields} of {table}",
        "correct the name, or remove it",
        "warning",
    ),
    "W910": Code(
        "A change without a reason",
        "{fields} of {table} {is_read} for what is sent, and no trigger names {it}",
        "add a trigger, or say under `unlisted changes` what becomes of such a change",
        "warning",
    ),
    "W911": Code(
        "An option that nothing reads",
        "nothing reads the option `${name}`, so that choosing it changes nothing",
        "use it, or remove it",
        "warning",
    ),
    "N902": Code(
        "A change that the source does not list",
        "{fields} of {table} {is_read} for what is sent, and no trigger names {it}",
        "a change is told as `{label}`",
        "note",
    ),
    "N901": Code(
        "A code that could not be checked",
        "there is no table of {descriptor}, so '{code}' was not checked",
        "add a table with `descriptor: {descriptor}`",
        "note",
    ),
}
