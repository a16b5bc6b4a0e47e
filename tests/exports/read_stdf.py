# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The station authors
"""
read_stdf.py FILE: every record of an STDF V4 file as a line "NAME FIELD=value ...".

Typed from the specification's table of records by itself: it shares nothing with the writer. A
record that ends inside of a field, or has bytes left over, ends the reading with status 1; so does
text that is not ASCII, an order of records that the specification does not allow, and an unknown
record. Fields at a record's end may be missing.
"""
import struct
import sys

# C1 one character, Cn text, Bn bytes, Dn bits, B1 flags; "k:X:F" as many X as field F says
RECORDS = {
    (0, 10): ("FAR", "CPU_TYPE U1 STDF_VER U1"),
    (1, 10): ("MIR", "SETUP_T U4 START_T U4 STAT_NUM U1 MODE_COD C1 RTST_COD C1 PROT_COD C1 "
              "BURN_TIM U2 CMOD_COD C1 LOT_ID Cn PART_TYP Cn NODE_NAM Cn TSTR_TYP Cn JOB_NAM Cn "
              "JOB_REV Cn SBLOT_ID Cn OPER_NAM Cn EXEC_TYP Cn EXEC_VER Cn TEST_COD Cn TST_TEMP Cn "
              "USER_TXT Cn AUX_FILE Cn PKG_TYP Cn FAMLY_ID Cn DATE_COD Cn FACIL_ID Cn FLOOR_ID Cn "
              "PROC_ID Cn OPER_FRQ Cn SPEC_NAM Cn SPEC_VER Cn FLOW_ID Cn SETUP_ID Cn DSGN_REV Cn "
              "ENG_ID Cn ROM_COD Cn SERL_NUM Cn SUPR_NAM Cn"),
    (1, 20): ("MRR", "FINISH_T U4 DISP_COD C1 USR_DESC Cn EXC_DESC Cn"),
    (1, 30): ("PCR", "HEAD_NUM U1 SITE_NUM U1 PART_CNT U4 RTST_CNT U4 ABRT_CNT U4 GOOD_CNT U4 "
              "FUNC_CNT U4"),
    (1, 40): ("HBR", "HEAD_NUM U1 SITE_NUM U1 BIN_NUM U2 BIN_CNT U4 BIN_PF C1 BIN_NAM Cn"),
    (1, 50): ("SBR", "HEAD_NUM U1 SITE_NUM U1 BIN_NUM U2 BIN_CNT U4 BIN_PF C1 BIN_NAM Cn"),
    (1, 80): ("SDR", "HEAD_NUM U1 SITE_GRP U1 SITE_CNT U1 SITE_NUM k:U1:SITE_CNT"),
    (5, 10): ("PIR", "HEAD_NUM U1 SITE_NUM U1"),
    (5, 20): ("PRR", "HEAD_NUM U1 SITE_NUM U1 PART_FLG B1 NUM_TEST U2 HARD_BIN U2 SOFT_BIN U2 "
              "X_COORD I2 Y_COORD I2 TEST_T U4 PART_ID Cn PART_TXT Cn PART_FIX Bn"),
    (10, 30): ("TSR", "HEAD_NUM U1 SITE_NUM U1 TEST_TYP C1 TEST_NUM U4 EXEC_CNT U4 FAIL_CNT U4 "
               "ALRM_CNT U4 TEST_NAM Cn SEQ_NAME Cn TEST_LBL Cn OPT_FLAG B1 TEST_TIM R4 "
               "TEST_MIN R4 TEST_MAX R4 TST_SUMS R4 TST_SQRS R4"),
    (15, 10): ("PTR", "TEST_NUM U4 HEAD_NUM U1 SITE_NUM U1 TEST_FLG B1 PARM_FLG B1 RESULT R4 "
               "TEST_TXT Cn ALARM_ID Cn OPT_FLAG B1 RES_SCAL I1 LLM_SCAL I1 HLM_SCAL I1 "
               "LO_LIMIT R4 HI_LIMIT R4 UNITS Cn C_RESFMT Cn C_LLMFMT Cn C_HLMFMT Cn LO_SPEC R4 "
               "HI_SPEC R4"),
    (15, 20): ("FTR", "TEST_NUM U4 HEAD_NUM U1 SITE_NUM U1 TEST_FLG B1 OPT_FLAG B1 CYCL_CNT U4 "
               "REL_VADR U4 REPT_CNT U4 NUM_FAIL U4 XFAIL_AD I4 YFAIL_AD I4 VECT_OFF I2 "
               "RTN_ICNT U2 PGM_ICNT U2 RTN_INDX k:U2:RTN_ICNT RTN_STAT k:N1:RTN_ICNT "
               "PGM_INDX k:U2:PGM_ICNT PGM_STAT k:N1:PGM_ICNT FAIL_PIN Dn VECT_NAM Cn TIME_SET Cn "
               "OP_CODE Cn TEST_TXT Cn ALARM_ID Cn PROG_TXT Cn RSLT_TXT Cn"),
    (50, 30): ("DTR", "TEXT_DAT Cn"),
}
PLAIN = {"U1": "<B", "U2": "<H", "U4": "<I", "I1": "<b", "I2": "<h", "I4": "<i", "R4": "<f",
         "B1": "<B"}


class Body:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        part = self.data[self.at:self.at + n]
        if len(part) < n:
            raise ValueError("the record ends inside of a field")
        self.at += n
        return part

    def field(self, kind, known):
        if kind in PLAIN:
            layout = PLAIN[kind]
            value = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
            return f"0x{value:02X}" if kind == "B1" else value
        if kind == "C1":
            return self.take(1).decode("ascii")
        if kind == "Cn":
            text = self.take(self.take(1)[0]).decode("ascii")
            if not text.isprintable():
                raise ValueError(f"control characters in {text!r}")
            return text
        if kind == "Bn":
            return self.take(self.take(1)[0]).hex()
        if kind == "Dn":
            return self.take((struct.unpack("<H", self.take(2))[0] + 7) // 8).hex()
        _, one, count = kind.split(":")
        if one == "N1":
            return self.take((known[count] + 1) // 2).hex()
        return [self.field(one, known) for _ in range(known[count])]


def records(data):
    at = 0
    while at < len(data):
        if at + 4 > len(data):
            raise ValueError("the file ends inside of a head")
        length, kind, sub = struct.unpack_from("<HBB", data, at)
        if at + 4 + length > len(data):
            raise ValueError("the file ends inside of a record")
        name, layout = RECORDS[kind, sub]
        body, fields = Body(data[at + 4:at + 4 + length]), {}
        words = layout.split()
        for field, one in zip(words[::2], words[1::2]):
            if body.at == len(body.data) and not one.startswith("k:"):
                break
            fields[field] = body.field(one, fields)
        if body.at != len(body.data):
            raise ValueError(f"{name}: {len(body.data) - body.at} bytes are left over")
        yield name, fields
        at += 4 + length


def check_order(names):
    """FAR, MIR, SDR first; tests between PIR and PRR; summaries behind the parts; MRR last."""
    assert names[:3] == ["FAR", "MIR", "SDR"] and names[-1] == "MRR", names[:3] + names[-1:]
    inside, parts_over = False, False
    for name in names:
        assert not (parts_over and name in ("PIR", "PTR", "FTR", "PRR")), name
        if name == "PIR":
            assert not inside
            inside = True
        if name in ("PTR", "FTR", "PRR"):
            assert inside, name
        if name == "PRR":
            inside = False
        parts_over = parts_over or name in ("TSR", "HBR", "SBR", "PCR", "MRR")
    assert not inside


def main():
    with open(sys.argv[1], "rb") as file:
        found = list(records(file.read()))
    check_order([name for name, _ in found])
    for name, fields in found:
        # numbers as the single precision that they have
        print(name, " ".join(f"{k}={v:.7g}" if isinstance(v, float) else f"{k}={v}"
                             for k, v in fields.items()))


main()
