#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write unicode_tables.c and unicode_tables.h from the Unicode Character Database.

In: UnicodeData.txt, CaseFolding.txt, Scripts.txt, DerivedNormalizationProps.txt,
DerivedCoreProperties.txt, CompositionExclusions as Full_Composition_Exclusion (Debian's package
unicode-data).  Out: one 32-bit entry for every code point, in two stages, and an ASCII table.

    make_unicode_tables.py [--data /usr/share/unicode] [--check]

--check compares with the files that are there: exit 0 the same, 1 different, 77 no data installed.
The properties that the text stage relies on are asserted here, so that a new version of Unicode
that breaks one of them is refused.
"""
import argparse
import os
import re
import sys

CODE_POINTS = 0x110000
BLOCK_BITS = 7  # of 4 to 8 the smallest sum of both stages, 124 KB
LETTER, SINGLE, IGNORABLE, NOT_NFC = 1, 2, 4, 8
CCC_SHIFT, DELTA_SHIFT = 4, 12
SINGLE_SCRIPTS = {"Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"}


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if line:
                yield [field.strip() for field in line.split(";")]


def span(field):
    first, _, last = field.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def code_points_with(path, *wanted):
    found = set()
    for fields in lines(path):
        if tuple(fields[1:1 + len(wanted)]) == wanted:
            found.update(span(fields[0]))
    return found


def read_unicode_data(path):
    """General category, combining class and canonical pair by code point."""
    category, ccc, pair = {}, {}, {}
    first = None
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split(";")
            c = int(fields[0], 16)
            if fields[1].endswith(", First>"):
                first = c
                continue
            for x in range(first if first is not None else c, c + 1):
                category[x] = fields[2]
            first = None
            if fields[3] != "0":
                ccc[c] = int(fields[3])
            mapping = fields[5].split()
            if len(mapping) == 2 and not mapping[0].startswith("<"):
                pair[c] = (int(mapping[0], 16), int(mapping[1], 16))
    return category, ccc, pair


class Database:
    def __init__(self, folder):
        def at(name):
            return os.path.join(folder, name)

        self.category, self.ccc, pair = read_unicode_data(at("UnicodeData.txt"))
        self.fold = {}
        for fields in lines(at("CaseFolding.txt")):
            if fields[1] in "CS":
                self.fold[int(fields[0], 16)] = int(fields[2], 16)
        self.single = set()
        for fields in lines(at("Scripts.txt")):
            if fields[1] in SINGLE_SCRIPTS:
                self.single.update(span(fields[0]))
        norm = at("DerivedNormalizationProps.txt")
        self.never_nfc = code_points_with(norm, "NFC_QC", "N")
        self.not_nfc = self.never_nfc | code_points_with(norm, "NFC_QC", "M")
        excluded = code_points_with(norm, "Full_Composition_Exclusion")
        self.compose = {c: p for c, p in pair.items() if c not in excluded}
        self.ignorable = code_points_with(at("DerivedCoreProperties.txt"),
                                          "Default_Ignorable_Code_Point")
        with open(at("CaseFolding.txt"), encoding="utf-8") as file:
            self.version = re.search(r"CaseFolding-([0-9.]+)\.txt", file.readline()).group(1)

    def folded(self, c):
        return self.fold.get(c, c)

    def kind(self, c):
        """The flags of what code point c becomes."""
        c = self.folded(c)
        if c in self.ignorable:
            return IGNORABLE
        if self.category.get(c, "Cn")[0] not in "LMN":
            return 0
        return SINGLE if c in self.single else LETTER

    def entry(self, c):
        flags = self.kind(c) | (NOT_NFC if c in self.not_nfc else 0)
        delta = self.folded(c) - c
        return (delta << DELTA_SHIFT | self.ccc.get(c, 0) << CCC_SHIFT | flags) & 0xffffffff

    def check(self):
        """What the text stage relies on."""
        for c, to in self.fold.items():
            assert abs(to - c) < 1 << 19, "a fold does not fit its field"
            assert self.folded(to) == to, "folding twice differs"
            if c not in self.never_nfc:
                assert to not in self.not_nfc and to not in self.ccc, "a fold is no safe starter"
        for c in self.ignorable:
            assert c not in self.not_nfc and c not in self.ccc, "an ignorable takes part in NFC"
        for c, (a, b) in self.compose.items():
            assert b in self.not_nfc, "a composing mark passes the quick check"
            assert self.kind(a) == self.kind(c), "composition changes the class"
            if self.folded(a) == a and self.folded(b) == b:
                assert self.folded(c) == c, "composition of folded text is not folded"


def two_stages(entries, bits):
    size = 1 << bits
    blocks, index, places = [], [], {}
    for start in range(0, CODE_POINTS, size):
        block = tuple(entries[start:start + size])
        if block not in places:
            places[block] = len(blocks)
            blocks.append(block)
        index.append(places[block])
    return index, blocks


def table(values, digits):
    cells = [f"0x{v:0{digits}x}," for v in values]
    across = 96 // (len(cells[0]) + 1)
    rows = [cells[i:i + across] for i in range(0, len(cells), across)]
    return "".join("    " + " ".join(row) + "\n" for row in rows)


def ascii_fold():
    return [c | 0x20 if chr(c).isalpha() else c if chr(c).isdigit() else 0x20
            for c in range(128)]


def header_text(version, index, blocks):
    return f"""/* SPDX-License-Identifier: Apache-2.0 */
/* unicode_tables.h - generated by make_unicode_tables.py from Unicode {version}; do not edit.
 *
 * The entry of code point c is block[index[c >> BITS]][c modulo 2^BITS]: bits 0 to 3 flags of what
 * c becomes when folded, bits 4 to 11 its canonical combining class, bits 12 to 31 what simple case
 * folding adds to it (signed).  unicode.h reads it. */
#ifndef SYNDIC_TEXT_UNICODE_TABLES_H
#define SYNDIC_TEXT_UNICODE_TABLES_H

#include <stdint.h>

#define SYNDIC_UNICODE_VERSION     "{version}"
#define SYNDIC_UNICODE_BLOCK_BITS  {BLOCK_BITS}
#define SYNDIC_UNICODE_CCC_SHIFT   {CCC_SHIFT}
#define SYNDIC_UNICODE_DELTA_SHIFT {DELTA_SHIFT}

enum {{
    SYNDIC_UNICODE_LETTER = {LETTER},    /* category L, M or N: part of a run */
    SYNDIC_UNICODE_SINGLE = {SINGLE},    /* the same, in a script without spaces: a token of its own */
    SYNDIC_UNICODE_IGNORABLE = {IGNORABLE}, /* default-ignorable: vanishes */
    SYNDIC_UNICODE_NOT_NFC = {NOT_NFC},   /* NFC_Quick_Check is not Yes */
}};

extern const uint8_t syndic_unicode_index[{len(index)}];
extern const uint32_t syndic_unicode_block[{len(blocks)}][{1 << BLOCK_BITS}];

/* ASCII: lower-case letters and digits map to themselves, capitals to lower case, all others
 * to a space. */
extern const uint8_t syndic_ascii_fold[128];

#endif
"""


def source_text(version, index, blocks):
    rows = "".join(f"    {{\n{table(block, 1)}    }},\n" for block in blocks)
    return f"""/* SPDX-License-Identifier: Apache-2.0 */
/* unicode_tables.c - generated by make_unicode_tables.py from Unicode {version}; do not edit. */
#include "text/unicode_tables.h"

/* clang-format off */
const uint8_t syndic_ascii_fold[128] = {{
{table(ascii_fold(), 2)}}};

const uint8_t syndic_unicode_index[{len(index)}] = {{
{table(index, 2)}}};

const uint32_t syndic_unicode_block[{len(blocks)}][{1 << BLOCK_BITS}] = {{
{rows}}};
/* clang-format on */
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="/usr/share/unicode")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not os.path.exists(os.path.join(options.data, "UnicodeData.txt")):
        print(f"skipped: no Unicode data in {options.data} (package unicode-data)", file=sys.stderr)
        return 77
    database = Database(options.data)
    database.check()
    index, blocks = two_stages([database.entry(c) for c in range(CODE_POINTS)], BLOCK_BITS)
    assert len(blocks) <= 256
    here = os.path.dirname(os.path.abspath(__file__))
    for name, text in (("unicode_tables.h", header_text(database.version, index, blocks)),
                       ("unicode_tables.c", source_text(database.version, index, blocks))):
        path = os.path.join(here, name)
        if not options.check:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        elif open(path, encoding="utf-8").read() != text:
            print(f"{path} differs from what {options.data} gives", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
