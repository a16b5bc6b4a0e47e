^FX SPDX-License-Identifier: Apache-2.0 ^FS
^FX SPDX-FileCopyrightText: 2026 The station authors ^FS
^XA
^CI28
^PW600
^LL300
^FO30,20^A0N,44,44^FD{serial}^FS
^FO30,75^A0N,28,28^FD{product} {type}^FS
^FO30,110^A0N,28,28^FDLot {lot}^FS
^FO30,150^A0N,56,56^FD{verdict} {marginal}^FS
^FO30,215^A0N,22,22^FD{date} {time}  {station}/{site}  {operator}^FS
^FO30,245^A0N,22,22^FD{plan} {revision}^FS
^FO30,272^A0N,18,18^FD{run_id}^FS
^FO420,90^BXN,6,200^FD{serial}^FS
^XZ
