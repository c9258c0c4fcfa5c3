-- Macros that read typed values from what stands in a file: from JSON texts (of one value each) and from typed columns.
-- They agree with the macros of the queries, which read from whole records, and are quicker where values are plain.

CREATE MACRO is_blank(written) AS trim(written, chr(32) || chr(9) || chr(10) || chr(13)) = '';
CREATE MACRO filled(written) AS CASE WHEN NOT is_blank(written) THEN written END;
CREATE MACRO day_written(written) AS
  CASE WHEN regexp_full_match(written, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND written >= '0001' THEN TRY_CAST(written AS DATE) END;

-- Texts and codes of JSON strings: most are plain, without anything escaped and with no blank in front.
CREATE MACRO json_text(json) AS
  CASE WHEN regexp_matches(json, '^"[^ \\"]') THEN json_extract_string(json, '$') ELSE text_at(json, '$') END;
CREATE MACRO json_code(json) AS
  CASE WHEN regexp_matches(json, '^"[^\\#]*#[^ \\"][^\\]*$') THEN array_slice(CAST(json AS VARCHAR), strpos(json, '#') + 1, -2)
  ELSE code_at(json, '$') END;
CREATE MACRO json_date(json) AS
  CASE WHEN regexp_full_match(json, '"[0-9]{4}-[0-9]{2}-[0-9]{2}"') AND CAST(json AS VARCHAR) >= '"0001' THEN TRY_CAST(substring(json, 2, 10) AS DATE) END;
CREATE MACRO json_whole(json) AS
  CASE WHEN regexp_full_match(json, '-?[0-9]{1,18}') THEN TRY_CAST(json AS BIGINT) ELSE whole_at(json, '$') END;
CREATE MACRO json_decimal(json) AS decimal_at(json, '$');
CREATE MACRO json_flag(json) AS CASE WHEN json = 'true' THEN TRUE WHEN json = 'false' THEN FALSE END;
CREATE MACRO json_object(json) AS CASE WHEN starts_with(json, '{') THEN json END;
CREATE MACRO json_items(json) AS items_at(json, '$');

-- Whether an object names a property twice: readers differ in which of the two they take.
CREATE MACRO names_twice(json) AS len(json_keys(json)) <> len(list_distinct(json_keys(json)));

-- Typed columns: days of the calendar that JSON can name, and numbers as they would be written.
CREATE MACRO day_typed(day) AS CASE WHEN year(day) BETWEEN 1 AND 9999 THEN day END;
CREATE MACRO number_typed(number) AS TRY_CAST(CAST(number AS VARCHAR) AS DECIMAL(38, 12));
