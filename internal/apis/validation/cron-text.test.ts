import { describe, expect, it } from 'vitest';
import { isSchedule, isTimeZone, plainSchedule, scheduleProblem, timeZones } from './cron-text.ts';

describe('a schedule', () => {
  it.each([
    ['*/20 * * * *', '0,20,40 * * * *'],
    ['0 9-17/4 * * 1-5', '0 9,13,17 * * 1,2,3,4,5'],
    ['  5,10,5\t0 * *  * \n', '5,10 0 * * *'],
    ['007 * * * *', undefined],
    ['05 04 * * *', '5 4 * * *'],
    ['0 0 1 jan,JUL-Sep *', '0 0 1 1,7,8,9 *'],
    ['0 0 * * sun', '0 0 * * 0'],
    ['0 0 * * 7', '0 0 * * 0'],
    ['0 0 * * fri-sun', '0 0 * * 0,5,6'],
    ['0 0 * * 5-7', '0 0 * * 0,5,6'],
    ['0 0 * * 0-7', '0 0 * * 0,1,2,3,4,5,6'],
    ['0 0 * * */2', '0 0 * * 0,2,4,6'],
    ['0 0 * * 1/2', '0 0 * * 1,3,5'],
    ['5/20 * * * *', '5,25,45 * * * *'],
    ['0 0 ? * 1', '0 0 * * 1'],
    ['0 0 */1 * 1', '0 0 * * 1'],
    ['0 0 */2 * 1', '0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * 1'],
    ['@hourly', '0 * * * *'],
    ['@daily', '0 0 * * *'],
    ['@midnight', '0 0 * * *'],
    ['@weekly', '0 0 * * 0'],
    ['@monthly', '0 0 1 * *'],
    ['@yearly', '0 0 1 1 *'],
    [' @annually ', '0 0 1 1 *'],
    ['0 0 29 2 *', '0 0 29 2 *'],
    ['0 0 31 1,2 *', '0 0 31 1,2 *'],
    ['0 0 30 2 1', '0 0 30 2 1'],
  ])('%j is in its plainest form %j', (text, plain) => {
    if (plain === undefined) {
      expect(isSchedule(text)).toBe(false);
    } else {
      expect(scheduleProblem(text)).toBeUndefined();
      expect(plainSchedule(text)).toBe(plain);
    }
  });

  it.each([
    ['', /^must have five fields \(minute, hour.*\), but has 0$/],
    ['* * * *', /but has 4$/],
    ['0 * * * * *', /but has 6; it cannot give seconds or years$/],
    ['* * * * * * *', /but has 7$/],
    ['TZ=UTC 0 * * * *', /^must not name a time zone: "timeZone" does$/],
    ['CRON_TZ=Europe/Berlin 0 * * * *', /"timeZone"/],
    ['@reboot', /or be one of @hourly, @daily, @midnight/],
    ['@every 1h', /or be one of @hourly/],
    ['@Daily', /or be one of @hourly/],
    ['constructor', /but has 1$/],
    ['60 * * * *', /^must have a valid minute: "60" is not within 0 to 59$/],
    ['* 24 * * *', /valid hour: "24" is not within 0 to 23$/],
    ['* * 0 * *', /valid day of the month: "0" is not within 1 to 31$/],
    ['* * * 13 *', /valid month: "13" is not within 1 to 12 or jan to dec$/],
    ['* * * * 8', /valid day of the week: "8" is not within 0 to 7 or sun to sat$/],
    ['* * * january *', /"january" is not within/],
    ['* * * * 1jan', /"1jan" is not within/],
    ['*/0 * * * *', /the step of "\*\/0" is not from 1 to 60$/],
    ['*/90 * * * *', /the step of "\*\/90" is not from 1 to 60$/],
    ['30-10 * * * *', /the range "30-10" runs backwards$/],
    ['* * * * fri-mon', /the range "fri-mon" runs backwards$/],
    ['*-5 * * * *', /"\*-5" is not "\*", a value or a range/],
    ['1,,2 * * * *', /"" is not "\*"/],
    ['-1 * * * *', /"-1" is not "\*"/],
    ['1.5 * * * *', /"1.5" is not/],
    ['H * * * *', /"H" is not within/],
    ['0 0 L * *', /"L" is not within 1 to 31$/],
    ['0 0 15W * *', /"15W" is not within/],
    ['0 0 * * 5#2', /"5#2" is not "\*"/],
    ['0 0 * * 5L', /"5L" is not within/],
    ['0 0 1 * +1', /"\+1" is not "\*"/],
    ['2026-01-01T00:00:00', /but has 1$/],
    ['0 0 30 2 *', /^must fire at some time/],
    ['0 0 31 2,4,6,9,11 *', /^must fire at some time/],
    [`0${',0'.repeat(300)} * * * *`, /^must be at most 500 characters long$/],
  ])('%j is refused', (text, problem) => {
    expect(scheduleProblem(text)).toMatch(problem);
    expect(isSchedule(text)).toBe(false);
    expect(() => plainSchedule(text)).toThrow(RangeError);
  });

  it('may name every value of every field', () => {
    const all = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => from + index).join(',');
    const text = `${all(0, 59)} ${all(0, 23)} ${all(1, 31)} ${all(1, 12)} ${all(0, 6)}`;
    expect(scheduleProblem(text)).toBeUndefined();
    expect(plainSchedule(text)).toBe(text);
  });
});

describe('a time zone', () => {
  it.each([
    'UTC',
    'Europe/Berlin',
    'europe/berlin',
    'Asia/Kolkata',
    'US/Eastern',
    'Etc/GMT+5',
    'EST',
  ])('%s is one', (name) => expect(isTimeZone(name)).toBe(true));

  it.each([
    '',
    'Nope/City',
    'Local',
    '+01:00',
    'UTC+1',
    'IST',
    'BST',
    'PST',
    'SystemV/PST8',
    'Europe/Berlin ',
  ])('%j is none', (name) => expect(isTimeZone(name)).toBe(false));

  it('can be chosen from names that are all valid, UTC among them', () => {
    const names = timeZones();
    expect(names.length).toBeGreaterThan(300);
    expect(names).toContain('UTC');
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !isTimeZone(name))).toEqual([]);
  });
});
