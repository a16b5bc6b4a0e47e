#!/bin/sh
# refused: the two SPDX lines are not on top
set -e
