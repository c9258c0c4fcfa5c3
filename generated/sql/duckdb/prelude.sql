-- Macros that generated queries use: reading JSON by type, days, decimals. Run once per connection.
-- A value that is missing, blank or of another type is NULL; so is a result that has too many digits.

CREATE OR REPLACE MACRO string_at(body, path) AS
  CASE WHEN json_type(body, path) = 'VARCHAR' THEN json_extract_string(body, path) END;
CREATE OR REPLACE MACRO text_of(written) AS
  CASE WHEN trim(written, chr(32) || chr(9) || chr(10) || chr(13)) <> '' THEN written END;
CREATE OR REPLACE MACRO code_of(written) AS
  CASE WHEN contains(written, '#')
  THEN nullif(regexp_extract(written, '(?s)^[^#]*#(.*[^ \t\r\n].*)$', 1), '')
  WHEN NOT contains(written, '://') AND trim(written, chr(32) || chr(9) || chr(10) || chr(13)) <> '' THEN written END;
CREATE OR REPLACE MACRO date_of(written) AS
  CASE WHEN regexp_full_match(written, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND written >= '0001' THEN TRY_CAST(written AS DATE) END;
CREATE OR REPLACE MACRO text_at(body, path) AS
  text_of(string_at(body, path));
CREATE OR REPLACE MACRO code_at(body, path) AS
  code_of(string_at(body, path));
CREATE OR REPLACE MACRO date_at(body, path) AS
  date_of(string_at(body, path));
CREATE OR REPLACE MACRO flag_at(body, path) AS
  CASE WHEN json_type(body, path) = 'BOOLEAN' THEN json_extract_string(body, path) = 'true' END;
CREATE OR REPLACE MACRO decimal_at(body, path) AS
  CASE WHEN json_type(body, path) IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')
  THEN TRY_CAST(json_extract_string(body, path) AS DECIMAL(38, 12)) END;
CREATE OR REPLACE MACRO whole_of(number) AS
  CASE WHEN number = floor(number) THEN TRY_CAST(number AS BIGINT) END;
CREATE OR REPLACE MACRO whole_at(body, path) AS
  CASE json_type(body, path)
  WHEN 'DOUBLE' THEN CASE WHEN regexp_full_match(json_extract_string(body, path), '-?[0-9]+')
    THEN TRY_CAST(json_extract_string(body, path) AS BIGINT)
    ELSE whole_of(TRY_CAST(json_extract_string(body, path) AS DOUBLE)) END
  WHEN 'BIGINT' THEN TRY_CAST(json_extract_string(body, path) AS BIGINT)
  WHEN 'UBIGINT' THEN TRY_CAST(json_extract_string(body, path) AS BIGINT)
  WHEN 'HUGEINT' THEN TRY_CAST(json_extract_string(body, path) AS BIGINT) END;
CREATE OR REPLACE MACRO object_at(body, path) AS
  CASE WHEN json_type(body, path) = 'OBJECT' THEN json_extract(body, path) END;
CREATE OR REPLACE MACRO items_at(body, path) AS
  CASE WHEN json_type(body, path) = 'ARRAY' THEN CAST(json_extract(body, path) AS JSON[]) END;

-- Completed units between two days; `late` is the day of the month that counts for the first (see leap birthdays).
CREATE OR REPLACE MACRO completed_months(first, last, late) AS
  (year(last) - year(first)) * 12 + month(last) - month(first) - CASE WHEN day(last) < late THEN 1 ELSE 0 END;
CREATE OR REPLACE MACRO completed_years(first, last, late) AS
  CAST(floor(completed_months(first, last, late) / 12) AS BIGINT);
-- A day moved by months: to the same day, or, where the month lacks it, to its last day and `beyond` days more.
CREATE OR REPLACE MACRO moved_months(start, months, beyond) AS
  CASE WHEN day(start) <= day(last_day(make_date((year(start) * 12 + month(start) - 1 + months) // 12, (year(start) * 12 + month(start) - 1 + months) % 12 + 1, 1)))
  THEN make_date((year(start) * 12 + month(start) - 1 + months) // 12, (year(start) * 12 + month(start) - 1 + months) % 12 + 1, day(start))
  ELSE last_day(make_date((year(start) * 12 + month(start) - 1 + months) // 12, (year(start) * 12 + month(start) - 1 + months) % 12 + 1, 1)) + beyond END;
CREATE OR REPLACE MACRO within_calendar(moved) AS
  CASE WHEN year(moved) BETWEEN 1 AND 9999 THEN moved END;

-- Texts: filled, cut and put into pictures by characters (code points). `||` makes NULL of NULL, which CONCAT leaves out.
CREATE OR REPLACE MACRO lacking(written, size, sign) AS
  CASE WHEN size BETWEEN 0 AND 1000 THEN repeat(sign, greatest(least(size, 1000) - length(written), 0)) END;
CREATE OR REPLACE MACRO zero_filled(written, size) AS
  lacking(written, size, '0') || written;
CREATE OR REPLACE MACRO blank_filled(written, size) AS
  written || lacking(written, size, ' ');
CREATE OR REPLACE MACRO part_of(written, start, number) AS
  CASE WHEN number BETWEEN 1 AND length(written) AND start BETWEEN 1 AND length(written) - greatest(number, 0) + 1
  THEN substr(written, start, number) END;
CREATE OR REPLACE MACRO pictured(written, picture) AS
  CASE WHEN length(written) = length(picture) - length(replace(picture, 'X', ''))
  THEN array_to_string([CASE WHEN substr(picture, nth, 1) = 'X'
    THEN substr(written, nth - length(replace(substr(picture, 1, nth), 'X', '')), 1)
    ELSE substr(picture, nth, 1) END FOR nth IN range(1, length(picture) + 1)], '') END;
CREATE OR REPLACE MACRO date_text(day_of, picture) AS
  replace(replace(replace(replace(picture, 'YYYY', substr(CAST(day_of AS VARCHAR), 1, 4)),
    'YY', substr(CAST(day_of AS VARCHAR), 3, 2)), 'MM', substr(CAST(day_of AS VARCHAR), 6, 2)),
    'DD', substr(CAST(day_of AS VARCHAR), 9, 2));
-- Numbers as texts and back; a cast takes more for a number than the language does, so that the form is asked first.
CREATE OR REPLACE MACRO number_text(number) AS
  rtrim(rtrim(CAST(CAST(number AS DECIMAL(38, 12)) AS VARCHAR), '0'), '.');
CREATE OR REPLACE MACRO trimmed(written) AS
  trim(written, chr(32) || chr(9) || chr(10) || chr(13));
CREATE OR REPLACE MACRO whole_in(written) AS
  CASE WHEN regexp_full_match(trimmed(written), '-?[0-9]+') THEN TRY_CAST(trimmed(written) AS BIGINT) END;
CREATE OR REPLACE MACRO number_in(written) AS
  CASE WHEN regexp_full_match(trimmed(written), '-?[0-9]+([.][0-9]+)?')
  THEN TRY_CAST(trimmed(written) AS DECIMAL(38, 12)) END;

-- Periods by start and end; an end of NULL is open.
CREATE OR REPLACE MACRO covers(start, finish, moment) AS
  start <= moment AND (finish IS NULL OR moment <= finish);
CREATE OR REPLACE MACRO share_a_day(start, finish, other_start, other_finish) AS
  (finish IS NULL OR start <= finish) AND (other_finish IS NULL OR other_start <= other_finish)
  AND (other_finish IS NULL OR start <= other_finish) AND (finish IS NULL OR other_start <= finish);
-- Whether a day lies in one of some spans, of which the first and the last day of all are known.
CREATE OR REPLACE MACRO in_spans(number_of, first, last, spans, moment) AS
  CASE WHEN moment BETWEEN first AND last
  THEN number_of = 1 OR len(list_filter(spans, lambda span: moment BETWEEN span[1] AND span[2])) > 0 ELSE FALSE END;

-- Decimals of 12 places as whole numbers of their 10^-12 parts, and back; a cast of the whole would not fit.
CREATE OR REPLACE MACRO parts_of(number) AS
  CAST(trunc(number) AS HUGEINT) * 1000000000000::HUGEINT + CAST((number - trunc(number)) * 1000000000000 AS HUGEINT);
CREATE OR REPLACE MACRO decimal_of(parts) AS
  CAST(CAST(parts AS DECIMAL(38, 0)) * CAST('0.000000000001' AS DECIMAL(12, 12)) AS DECIMAL(38, 12));
-- The sum of decimals, NULL where it is too large for one. Those of a usual size are added as they are, which cannot go
-- beyond 2^127; of others the parts are.
CREATE OR REPLACE MACRO sum_with_large(whole, behind_point, others) AS
  CASE WHEN abs(whole + others // 1000000000000) < 100000000000000000000000000::HUGEINT
  AND abs((whole + others // 1000000000000) * 1000000000000::HUGEINT + behind_point + others % 1000000000000)
    < 100000000000000000000000000000000000000::HUGEINT
  THEN decimal_of((whole + others // 1000000000000) * 1000000000000::HUGEINT + behind_point + others % 1000000000000) END;
CREATE OR REPLACE MACRO is_large(number) AS
  number NOT BETWEEN -10000000000000000 AND 10000000000000000;
CREATE OR REPLACE MACRO sum_of_decimals(number) AS
  CASE WHEN count(CASE WHEN is_large(number) THEN 1 END) = 0
  THEN CAST(sum(CASE WHEN NOT is_large(number) THEN number END) AS DECIMAL(38, 12))
  ELSE sum_with_large(
    sum(CASE WHEN is_large(number) THEN parts_of(number) // 1000000000000 END),
    sum(CASE WHEN is_large(number) THEN parts_of(number) % 1000000000000 END),
    parts_of(coalesce(sum(CASE WHEN NOT is_large(number) THEN number END), 0))) END;
-- The calendar month of a day, counted from the year 0.
CREATE OR REPLACE MACRO month_number(moment) AS
  year(moment) * 12 + month(moment);
CREATE OR REPLACE MACRO half_away(top, bottom) AS
  (abs(top) // abs(bottom) + CASE WHEN abs(top) % abs(bottom) >= abs(bottom) - abs(top) % abs(bottom) THEN 1 ELSE 0 END)
  * CASE WHEN (top < 0) <> (bottom < 0) THEN -1 ELSE 1 END;
-- Rounded to a step, after what is less than 10^-9 was rounded, all in one: half of 10^-9 is 500 parts.
CREATE OR REPLACE MACRO rounded_parts(parts, step) AS
  (abs(parts) + step // 2 + CASE WHEN step > 1000 THEN 500 ELSE 0 END) // step * step * CASE WHEN parts < 0 THEN -1 ELSE 1 END;
-- Most numbers that are divided (minutes, days) are small, of three places at most: those as thousandths, others NULL.
CREATE OR REPLACE MACRO thousandths(number) AS
  CASE WHEN number BETWEEN -8192 AND 8192 AND number * 1000 = CAST(round(CAST(number AS DOUBLE) * 1000) AS BIGINT)
  THEN CAST(round(CAST(number AS DOUBLE) * 1000) AS BIGINT) END;
CREATE OR REPLACE MACRO quotient_of_small(a, b) AS
  decimal_of((abs(a) * 1000000000000 // abs(b) + CASE WHEN abs(a) * 1000000000000 % abs(b) * 2 >= abs(b) THEN 1 ELSE 0 END)
  * CASE WHEN (a < 0) <> (b < 0) THEN -1 ELSE 1 END);
-- Products and quotients in steps, so that what comes between stays below 2^127 (divisors below 10^20).
CREATE OR REPLACE MACRO product_parts(a, b) AS
  (a // 1000000000000) * (b // 1000000000000) * 1000000000000::HUGEINT
  + (a // 1000000000000) * (b % 1000000000000) + (a % 1000000000000) * (b // 1000000000000)
  + half_away((a % 1000000000000) * (b % 1000000000000), 1000000000000);
CREATE OR REPLACE MACRO quotient_parts(a, b) AS
  (a // b) * 1000000000000::HUGEINT + ((a % b) * 1000000 // b) * 1000000
  + half_away((a % b) * 1000000 % b * 1000000, b);
