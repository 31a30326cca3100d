/* SPDX-License-Identifier: MIT */
#include "graph.h"
#include "xenbus_world.h"

#include <stdlib.h>
#include <string.h>
extern bool world_atomic;

#define EDGE_OWN	1u
#define EDGE_OTHER	2u

static void print_trace(const struct graph *g, uint32_t i)
{
	uint32_t path[400], n = graph_path(g, i, path, 400), k;

	for (k = 0; k < n; k++) {
		if (k)
			printf("%3u %s\n", k,
			       world_move_name((enum move)g->move[path[k]]));
		if (k + 12 > n)
			world_print(stdout, graph_state(g, path[k]));
	}
}

static bool build(struct graph *g, uint64_t allowed)
{
	struct world w;
	const char *broken;
	uint32_t i;
	int move;

	graph_init(g, sizeof(w));
	world_init(&w);
	graph_add(g, &w, GRAPH_NONE, 0);
	for (i = 0; i < g->n; i++) {
		graph_expand(g, i);
		for (move = 0; move < MOVE_N; move++) {
			memcpy(&w, graph_state(g, i), sizeof(w));
			if (move >= MOVE_OWN_END && !(allowed >> move & 1) )
				continue;
			if (!world_can(&w, (enum move)move))
				continue;
			broken = world_make(&w, (enum move)move);
			if (broken) {
				print_trace(g, i);
				printf(" *  %s\n",
				       world_move_name((enum move)move));
				world_print(stdout, &w);
				printf("BROKEN: %s\n", broken);
				return false;
			}
			graph_edge(g, graph_add(g, &w, i, (uint32_t)move),
				   move < MOVE_OWN_END ? EDGE_OWN : EDGE_OTHER);
			if (g->n > 30000000) { printf("too many\n"); return false; }
		}
	}
	graph_close(g);
	return true;
}

static const char *at_rest(const struct world *w)
{
	if (w->asleep) return NULL;
	if (w->tool == TOOL_DETACHING && w->back.bound) return "detach does not end";
	if (w->tool == TOOL_ATTACHING && w->back.bound && !w->be_bad) return "attach does not end";
	if (w->tool == TOOL_PRESENT && w->front.bound && w->back.bound && !w->failed && !w->be_bad && !world_connected(w))
		return "not connected";
	if ((w->front.leaving) || w->back.leaving) return "leaving";
	return NULL;
}

static bool judge(struct graph *g, uint64_t allowed)
{
	uint8_t *rest = calloc(g->n, 1), *conn = calloc(g->n, 1), *empty = calloc(g->n,1);
	static unsigned pairs[32][32][2];
	uint32_t i, left;
	memset(pairs,0,sizeof(pairs));
	for (i = 0; i < g->n; i++) {
		const struct world *w = graph_state(g, i);
		rest[i] = world_at_rest(w);
		conn[i] = world_connected(w);
		empty[i] = world_empty(w);
		if (rest[i]) {
			const char *broken = at_rest(w);
			if (broken) { print_trace(g, i); printf("BROKEN: %s\n", broken); return false; }
			if (!w->asleep) pairs[w->front.m.state][w->back.m.state][w->failed]++;
		}
	}
	for (i = 0; i < 32*32*2; i++) { unsigned f=i/64, b=i/2%32; if (pairs[f][b][i%2]) printf("   rest %s %s failed=%u: %u\n", usbif_xb_front_state_name((int)f), usbif_xb_back_state_name((int)b), i%2, pairs[f][b][i%2]); }
	if (world_atomic) { uint32_t cyc[200], n = graph_find_cycle(g, EDGE_OWN, cyc, 200);
	if (n) { print_trace(g, cyc[0]); printf("BROKEN: livelock of %u\n", n);
		for (i = 0; i < n; i++) world_print(stdout, graph_state(g, cyc[i]));
		return false; } }
	left = graph_mark_back(g, rest, EDGE_OWN);
	if (left) printf("BROKEN: %u never rest\n", left);
	left = graph_mark_back(g, conn, 3);
	printf("  %u cannot connect\n", left);
	left = graph_mark_back(g, empty, 3);
	printf("  %u cannot become empty\n", left);
	(void)allowed;
	free(rest); free(conn); free(empty);
	return true;
}

extern bool world_atomic;
int main(int argc, char **argv)
{
(void)argv;world_atomic = argc > 1;
	struct graph g;

	#define M(x) (UINT64_C(1) << MOVE_##x)
	static const struct { const char *name; uint64_t m; } runs[] = {
	 {"tool", M(ATTACH)|M(DETACH)|M(DESTROY)|M(ATTACH_BAD)|M(TOOL_GIVES_UP)},
	 {"unload", M(ATTACH)|M(DETACH)|M(LOAD_FRONT)|M(UNLOAD_FRONT)|M(LOAD_BACK)|M(UNLOAD_BACK)},
	 {"fault", M(ATTACH)|M(DETACH)|M(FAULT_FRONT)|M(FAULT_BACK)|M(CONNECT_FAILS_FRONT)|M(CONNECT_FAILS_BACK)},
	 {"crash", M(ATTACH)|M(CRASH_FRONT)|M(CRASH_BACK)},
	 {"all", ~UINT64_C(0)},
	 {"sleep", M(ATTACH)|M(DETACH)|M(SUSPEND)|M(RESUME)|M(RESTORE)|M(RESTORE_HERE)},
	};
	for (unsigned i = 0; i < 6; i++) {
	if (!build(&g, runs[i].m))
		return 1;
	printf("%s: %u states, %zu transitions\n", runs[i].name, g.n, g.edges_n);
	if (!judge(&g, runs[i].m)) return 1;
	graph_free(&g);
	}
	return 0;
}
