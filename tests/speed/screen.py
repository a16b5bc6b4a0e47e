# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""A screen that takes what is sent to an xterm: text without looks, as far as curses uses it."""
import re
import unicodedata

SEQUENCE = re.compile(
    rb"\x1b(?:\[([?>!]?)([0-9;]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)"
    rb"|[()][0-9A-Za-z]|([0-9=>A-Zc]))")


def columns_of(char):
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """rows: what is shown; unknown: what was sent that it cannot show."""

    def __init__(self, columns, rows):
        self.columns = columns
        self.rows = [[" "] * columns for _ in range(rows)]
        self.x = self.y = 0
        self.top, self.bottom = 0, rows - 1
        self.last = " "
        self.rest = b""
        self.unknown = set()

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]

    def text(self):
        return "\n".join(self.lines())

    def feed(self, data):
        data = self.rest + data
        self.rest = b""
        at = 0
        while at < len(data):
            if data[at] == 0x1B:
                found = SEQUENCE.match(data, at)
                if not found:
                    if len(data) - at > 64:
                        raise ValueError(f"no sequence: {data[at:at + 64]!r}")
                    self.rest = data[at:]
                    return
                self.escape(*found.groups())
                at = found.end()
            elif data[at] < 0x20:
                self.control(data[at])
                at += 1
            else:
                end = at
                while end < len(data) and data[end] >= 0x20:
                    end += 1
                run = data[at:end]
                if end == len(data):
                    run = self.keep_half(run)
                for char in run.decode():
                    self.put(char)
                at = end

    def keep_half(self, run):
        """Without a character whose last bytes are still to come."""
        for back in range(1, min(4, len(run) + 1)):
            lead = run[-back]
            if lead >= 0xC0:
                if back < (2 if lead < 0xE0 else 3 if lead < 0xF0 else 4):
                    self.rest = run[-back:]
                    return run[:-back]
                break
        return run

    def put(self, char):
        width = columns_of(char)
        if not width:
            return
        if self.x + width > self.columns:
            self.x = 0
            self.feed_line()
        self.rows[self.y][self.x] = char
        if width == 2:
            self.rows[self.y][self.x + 1] = ""
        self.x += width
        self.last = char

    def here(self):
        """The column that moves count from: behind the last one waits the next character's line."""
        return min(self.x, self.columns - 1)

    def feed_line(self):
        if self.y == self.bottom:
            self.scroll(1)
        else:
            self.y = min(self.y + 1, len(self.rows) - 1)

    def blank(self):
        return [" "] * self.columns

    def scroll(self, by):
        for _ in range(abs(by)):
            if by > 0:
                del self.rows[self.top]
                self.rows.insert(self.bottom, self.blank())
            else:
                del self.rows[self.bottom]
                self.rows.insert(self.top, self.blank())

    def control(self, byte):
        if byte == 8:
            self.x = max(0, self.here() - 1)
        elif byte == 9:
            self.x = min(self.columns - 1, self.x // 8 * 8 + 8)
        elif byte == 10:
            self.feed_line()
        elif byte == 13:
            self.x = 0
        elif byte != 7:
            self.unknown.add(f"control {byte}")

    def escape(self, mark, numbers, final, short):
        if final is None:
            if short == b"M":
                if self.y == self.top:
                    self.scroll(-1)
                else:
                    self.y = max(0, self.y - 1)
            elif short in (b"D", b"E"):
                self.feed_line()
                self.x = 0 if short == b"E" else self.x
            return  # strings, sets of characters, modes of the keypad
        final = final.decode()
        if mark or final in "mhltnc":
            return
        given = [int(n) if n else 0 for n in numbers.split(b";")] if numbers else []
        self.order(final, given + [0, 0])

    def order(self, final, n):
        row, last = self.rows[self.y], len(self.rows) - 1
        by = n[0] or 1
        self.x = self.here() if final != "b" else self.x
        if final in "Hf":
            self.y, self.x = min(by - 1, last), min((n[1] or 1) - 1, self.columns - 1)
        elif final in "AB":
            self.y = max(0, min(last, self.y + (by if final == "B" else -by)))
        elif final in "CD":
            self.x = max(0, min(self.columns - 1, self.x + (by if final == "C" else -by)))
        elif final == "G":
            self.x = min(by - 1, self.columns - 1)
        elif final == "d":
            self.y = min(by - 1, last)
        elif final == "J":
            self.erase_screen(n[0])
        elif final == "K":
            begin, end = [(self.x, self.columns), (0, self.x + 1), (0, self.columns)][n[0]]
            row[begin:end] = [" "] * (end - begin)
        elif final == "X":
            end = min(self.columns, self.x + by)
            row[self.x:end] = [" "] * (end - self.x)
        elif final == "b":
            for _ in range(by):
                self.put(self.last)
        elif final == "@":
            row[self.x:] = ([" "] * by + row[self.x:])[:self.columns - self.x]
        elif final == "P":
            row[self.x:] = (row[self.x + by:] + [" "] * by)[:self.columns - self.x]
        elif final in "LM":
            top, self.top = self.top, self.y
            self.scroll(by if final == "M" else -by)
            self.top = top
        elif final in "ST":
            self.scroll(by if final == "S" else -by)
        elif final == "r":
            self.top, self.bottom = by - 1, (n[1] or len(self.rows)) - 1
            self.x = self.y = 0
        else:
            self.unknown.add(final)

    def erase_screen(self, which):
        if which == 0:
            self.rows[self.y][self.x:] = [" "] * (self.columns - self.x)
            whole = range(self.y + 1, len(self.rows))
        elif which == 1:
            self.rows[self.y][:self.x + 1] = [" "] * (self.x + 1)
            whole = range(self.y)
        else:
            whole = range(len(self.rows))
        for y in whole:
            self.rows[y] = self.blank()
