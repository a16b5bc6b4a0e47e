-- SPDX-License-Identifier: Apache-2.0
-- SPDX-FileCopyrightText: 2026 The station authors
--
-- A quirk for modules that pad their part number with something else than blanks.
--
-- CMIS fills a text that is shorter than its field up with blanks, and the station takes those
-- away. Some makers' tools fill it up with zeros, underscores, dots or bytes FFh: then
-- "ABC-400_________" is no product of the configuration, and every unit fails as the wrong one.
--
-- To use it, put a quirks.yaml beside station.yaml that names it for the modules that need it, and
-- for no others; this file is found where the station is installed, or beside quirks.yaml:
--
--   quirks:
--     - {vendor: "ACME", part_number: "ABC-*", quirk: identity, script: strip-padding.lua,
--        reason: "pads its part number with underscores", source: "seen on 3 units, June 2026"}
--
-- The station calls the function that a script returns with a table of what the module says:
-- vendor, part_number, serial, revision, firmware ("1.4"), date_code. All are texts; a byte that
-- cannot be printed stands as "\xff". It returns a table of those that read otherwise, or nothing.
-- The record keeps both. docs/scripting.md tells what a script may use.

-- The field of page 00h, bytes 148 to 163.
local WIDTH = 16

-- What is taken for padding, and how many of it in a row at least. A part number may well end in
-- "00", so that of zeros it takes more; raise this when yours end in more zeros than that.
local FILLERS = {
    {sign = "_", least = 1},
    {sign = ".", least = 1},
    {sign = "0", least = 4},
    {sign = "\\xff", least = 1},
}

-- How many bytes of the module's a text stands for: "\xff" is one.
local function width(text)
    return utf8.len((text:gsub("\\x%x%x", "?")))
end

-- The text without the signs at its end, and how many these were.
local function strip(text, sign)
    local count = 0
    while #text > #sign and text:sub(-#sign) == sign do
        text = text:sub(1, -#sign - 1)
        count = count + 1
    end
    return text, count
end

return function(identity)
    local is = identity.part_number
    -- Only a field that is full was padded: what ends in blanks was ended by the maker.
    if width(is) ~= WIDTH then
        return nil
    end
    for _, filler in ipairs(FILLERS) do
        local reads, count = strip(is, filler.sign)
        if count >= filler.least then
            return {part_number = reads}
        end
    end
    return nil
end
