/* SPDX-License-Identifier: MIT */
/*
 * Of the actions of a step, the last one, that there is room for it, and that
 * the one before was in order.  Of the grid, which cells each row has, as a
 * word, and each cell, as a word: so one is found by one look.
 */
#ifndef PROOFS_APART_XB_H
#define PROOFS_APART_XB_H

#include "apart.h"
#include "xenbus_grid.h"

#define XB_STATES	17

#ifndef PROOFS_HARNESS
extern
#endif
struct usbif_xb_act xb_act;
#ifndef PROOFS_HARNESS
extern
#endif
uint32_t xb_used[XB_STATES], xb_word[XB_STATES][XB_COLS];
#ifndef PROOFS_HARNESS
extern
#endif
struct xb_cell xb_cell;

static inline void check_act(void)
{
	claim(xb_act.kind < USBIF_XB_ACT_N, "an action");
	claim(xb_act.state <= USBIF_XB_CLOSED &&
	      xb_act.from <= USBIF_XB_RECONFIGURED &&
	      (xb_act.state == USBIF_XB_UNKNOWN) ==
	      (xb_act.kind != USBIF_XB_ACT_SWITCH), "a state to switch to");
	claim(xb_act.why < USBIF_XB_WHY_N &&
	      (xb_act.why == USBIF_XB_WHY_NONE) ==
	      (xb_act.kind != USBIF_XB_ACT_FATAL), "a reason");
}

static inline struct usbif_xb_act *act_number(uint32_t index)
{
	__CPROVER_assert(index < XB_ROOM, "room for an action");
	check_act();
	return &xb_act;
}

static inline struct xb_cell *cell_number(uint8_t state, uint8_t col)
{
	uint32_t word;

	__CPROVER_assert(state < XB_STATES && col < XB_COLS, "cell of the grid");
	word = xb_word[state][col];
	xb_cell.used = word & 1;
	xb_cell.next = word >> 1 & 31;
	xb_cell.op[0] = word >> 6 & 31;
	xb_cell.op[1] = word >> 11 & 31;
	xb_cell.op[2] = word >> 16;
	return &xb_cell;
}

static inline bool is_used(uint8_t state, uint8_t col)
{
	__CPROVER_assert(state < XB_STATES && col < XB_COLS, "cell of the grid");
	return xb_used[state] >> col & 1;
}

/* Of a grid, all constants. */
static inline void read_grid(const struct xb_grid *g)
{
	uint8_t i, j;

	for (i = 0; i < XB_STATES; i++) {
		for (j = 0; j < XB_COLS; j++) {
			const struct xb_cell *c = &g->row[i][j];

			xb_used[i] |= (uint32_t)c->used << j;
			xb_word[i][j] = c->used | (uint32_t)c->next << 1 |
					(uint32_t)c->op[0] << 6 |
					(uint32_t)c->op[1] << 11 |
					(uint32_t)c->op[2] << 16;
		}
	}
}

#define XB_V(index)		(*act_number(index))
#define XB_CELL(state, col)	cell_number(state, col)
#define XB_USED(state, col)	is_used(state, col)

#endif
