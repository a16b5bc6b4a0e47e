/* refused: the two SPDX lines are not on top */
int one(void);
