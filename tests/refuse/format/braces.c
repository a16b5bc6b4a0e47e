/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/* refused: not laid out by clang-format */
int f( int a ) {
  return a; }
