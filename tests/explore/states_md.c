/* SPDX-License-Identifier: MIT */
/*
 * usage: states_md            print docs/STATES.md
 *        states_md FILE       fail if FILE differs from that
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xenbus_grid.h"

static const char *const col_names[XB_COLS] = {
	[XB_PROBE] = "PROBE, node says Initialising (front: anything)",
	[XB_PROBE_AGAIN] = "PROBE, node says something else",
	[XB_PORTS] = "PORTS",
	[XB_CONNECT_OK] = "CONNECT_OK",
	[XB_CONNECT_FAILED] = "CONNECT_FAILED",
	[XB_QUIESCED] = "QUIESCED",
	[XB_RESUMED] = "RESUMED",
	[XB_DUE] = "TICK, due",
	[XB_FAULT] = "FAULT",
	[XB_UNLOAD] = "UNLOAD, at that moment",
	[XB_LEAVE] = "unload or offline wanted",
	[XB_RESTART] = "nodes or host are new",
	[XB_UNFIT] = "own keys bad",
	[XB_CLOSE] = "close wanted",
	[XB_SUSPEND] = "suspend wanted",
	[XB_PEER_GONE] = "peer gone",
	[XB_PEER_INITIALISING] = "peer Initialising",
	[XB_PEER_INITWAIT] = "peer InitWait, keys good",
	[XB_PEER_MISFIT] = "peer's keys bad",
	[XB_PEER_INITIALISED] = "peer Initialised",
	[XB_PEER_CONNECTED] = "peer Connected",
	[XB_PEER_SAME] = "peer's rings are those in use",
	[XB_PEER_CLOSING] = "peer Closing",
	[XB_PEER_CLOSED] = "peer Closed",
	[XB_PEER_ODD] = "peer in a state of no meaning",
};

static const char *const op_names[XB_OP_N] = {
	[XB_OP_INITIALISING] = "SWITCH(Initialising)",
	[XB_OP_INITWAIT] = "SWITCH(InitWait)",
	[XB_OP_CONNECTED] = "SWITCH(Connected)",
	[XB_OP_CLOSING] = "SWITCH(Closing)",
	[XB_OP_CLOSED] = "SWITCH(Closed)",
	[XB_OP_CONNECT] = "CONNECT",
	[XB_OP_OPEN] = "OPEN",
	[XB_OP_READ_PORTS] = "READ_PORTS",
	[XB_OP_QUIESCE] = "QUIESCE",
	[XB_OP_CUT] = "CUT",
	[XB_OP_RELEASE] = "RELEASE",
	[XB_OP_ARM_DWELL] = "ARM(dwell)",
	[XB_OP_ARM_CLOSE] = "ARM(close)",
	[XB_OP_ARM_RETRY] = "ARM(retry)",
	[XB_OP_FATAL] = "FATAL",
	[XB_OP_SUSPENDED] = "SUSPENDED",
	[XB_OP_GONE] = "GONE",
	[XB_OP_WISH_CLOSE] = "*close wanted*",
	[XB_OP_FORGET] = "*close, new nodes: done*",
	[XB_OP_ANEW] = "*close, new nodes: done*",
	[XB_OP_FORGET_UNFIT] = "*own keys: done*",
};

struct machine {
	const char *title;
	const struct xb_grid *grid;
	const char *(*name)(int state);
};

static void print_introduction(FILE *out)
{
	fprintf(out,
"# The handshakes\n"
"\n"
"Printed from the tables in `libusbif/src/xenbus_front.c` and\n"
"`xenbus_back.c` by `tests/explore/states_md.c`; a test compares. What the\n"
"states wait for, what the actions mean and who makes the events is in\n"
"`usbif/xenbus.h`.\n"
"\n"
"A *happening* is looked up once. What is *wanted* and what the *peer* shows\n"
"lasts: after every event it is looked up again and again, until the cell is\n"
"empty or changes nothing. What is wanted goes before the peer, the first\n"
"column first; where it has no cell, the next has the say, and at last the\n"
"peer. An answer (CONNECT_OK, CONNECT_FAILED, QUIESCED) where there is no\n"
"cell is refused; everything else without a cell is ignored.\n"
"\n"
"ARM(dwell) is %u ms, ARM(close) %u ms, ARM(retry) %u ms. SWITCH is\n"
"left out where the node says so already. Marks in italics are for the\n"
"machine itself.\n",
		USBIF_XB_DWELL_MS, USBIF_XB_CLOSE_MS, USBIF_XB_RETRY_MS);
}

static void print_states(FILE *out, const struct machine *m)
{
	uint8_t state, own;
	const char *comma;

	fprintf(out, "\n| state | shows | |\n|---|---|---|\n");
	for (state = 0; state < m->grid->states; state++) {
		fprintf(out, "| %s | ", m->name(state));
		comma = "";
		for (own = 0; own <= USBIF_XB_CLOSED; own++) {
			if (!(m->grid->own[state] >> own & 1))
				continue;
			fprintf(out, "%s%s", comma, own == USBIF_XB_UNKNOWN ?
				"nothing yet" : usbif_xb_state_name(own));
			comma = ", ";
		}
		fprintf(out, " | %s%s|\n", m->grid->passing >> state & 1 ?
			"passed through " : "",
			m->grid->armed >> state & 1 ? "has a deadline " : "");
	}
}

static bool column_used(const struct machine *m, uint8_t col)
{
	uint8_t state;

	for (state = 0; state < m->grid->states; state++)
		if (m->grid->row[state][col].used)
			return true;
	return false;
}

/* Rows are states, columns causes first..last; cells say where to. */
static void print_grid(FILE *out, const struct machine *m, const char *what,
		       uint8_t first, uint8_t last)
{
	const struct xb_cell *cell;
	uint8_t state, col;

	fprintf(out, "\n%s\n\n| |", what);
	for (col = first; col <= last; col++)
		if (column_used(m, col))
			fprintf(out, " %s |", col_names[col]);
	fprintf(out, "\n|---|");
	for (col = first; col <= last; col++)
		if (column_used(m, col))
			fprintf(out, "---|");
	fprintf(out, "\n");
	for (state = 0; state < m->grid->states; state++) {
		fprintf(out, "| **%s** |", m->name(state));
		for (col = first; col <= last; col++) {
			if (!column_used(m, col))
				continue;
			cell = &m->grid->row[state][col];
			fprintf(out, " %s |", !cell->used ? "" :
				cell->next == state ? "=" :
				m->name(cell->next));
		}
		fprintf(out, "\n");
	}
}

static void print_orders(FILE *out, const struct machine *m)
{
	const struct xb_cell *cell;
	uint8_t state, col, i;

	fprintf(out, "\nWhat is ordered on the way:\n\n"
		"| from | on | to | orders |\n|---|---|---|---|\n");
	for (state = 0; state < m->grid->states; state++) {
		for (col = 0; col < XB_COLS; col++) {
			cell = &m->grid->row[state][col];
			if (!cell->used)
				continue;
			fprintf(out, "| %s | %s | %s |", m->name(state),
				col_names[col], m->name(cell->next));
			for (i = 0; i < XB_CELL_OPS && cell->op[i]; i++)
				fprintf(out, "%s %s", i ? "," : "",
					op_names[cell->op[i]]);
			fprintf(out, " |\n");
		}
	}
}

static void print_machine(FILE *out, const struct machine *m)
{
	fprintf(out, "\n## %s\n", m->title);
	print_states(out, m);
	print_grid(out, m, "Happenings (= stays):", XB_PROBE, XB_UNLOAD);
	print_grid(out, m, "What is wanted:", XB_LEAVE, XB_SUSPEND);
	print_grid(out, m, "What the peer shows:", XB_PEER_GONE, XB_PEER_ODD);
	print_orders(out, m);
}

static void print_all(FILE *out)
{
	const struct machine front = {
		"Front", &usbif_xb_front_grid, usbif_xb_front_state_name,
	};
	const struct machine back = {
		"Back", &usbif_xb_back_grid, usbif_xb_back_state_name,
	};

	print_introduction(out);
	print_machine(out, &front);
	print_machine(out, &back);
}

static int compare(const char *path)
{
	FILE *made = tmpfile(), *file = fopen(path, "r");
	int a, b, line = 1;

	if (!made || !file) {
		fprintf(stderr, "states_md: cannot read %s\n", path);
		return 2;
	}
	print_all(made);
	rewind(made);
	do {
		a = getc(made);
		b = getc(file);
		if (a == '\n')
			line++;
	} while (a == b && a != EOF);
	fclose(made);
	fclose(file);
	if (a == b)
		return 0;
	fprintf(stderr, "%s:%d: differs from the tables; make it anew:\n"
		"  states_md > %s\n", path, line, path);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return compare(argv[1]);
	print_all(stdout);
	return 0;
}
