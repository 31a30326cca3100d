/* SPDX-License-Identifier: MIT */
/* The joined world: which moves there are. */
#include "joint.h"

#include <stdarg.h>
#include <string.h>

/* Who moves. */
enum mover {
	GUEST,			/* driver and front */
	BACK,
	HC,			/* and devices */
};

enum guest_move {
	GUEST_SUBMIT,		/* queue, packets * 2 + SHORT_NOT_OK */
	GUEST_UNLINK,		/* URB */
	GUEST_RETIRE,		/* URB */
	GUEST_TAKE,
	GUEST_EVENT,
	GUEST_DIE,
	GUEST_WAIT,
};

enum back_move {
	BACK_TAKE,
	BACK_ADMIT,		/* 0, or 1: it cannot execute it */
	BACK_ANSWER,
	BACK_GONE,
	BACK_CLOSE,
	BACK_HOLD,		/* queue */
	BACK_RELEASE,		/* queue */
	BACK_SILENT,
	BACK_HEAR,
};

enum hc_move {
	HC_PACKET,		/* queue */
	HC_SHORT,		/* queue, empty */
	HC_FAIL,		/* queue */
	HC_CANCEL,		/* queue, entry */
	HC_LOST,		/* queue, entry */
	HC_REPORT,		/* queue, hide */
	HC_FULL,
	HC_UNPLUG,
	HC_REPLUG,
};

const struct joint_params *joint_params;
const char *joint_broken;
FILE *joint_trace;

static search_move move(enum mover who, uint32_t kind, uint32_t a, uint32_t b)
{
	return (search_move)who << 24 | kind << 16 | a << 8 | b;
}

static enum mover mover_of(search_move m)
{
	return (enum mover)(m >> 24);
}

static uint32_t kind_of(search_move m)
{
	return m >> 16 & 0xff;
}

static uint8_t arg_a(search_move m)
{
	return (uint8_t)(m >> 8);
}

static uint8_t arg_b(search_move m)
{
	return (uint8_t)m;
}

void joint_fail(const char *what)
{
	if (joint_broken == NULL)
		joint_broken = what;
}

void joint_say(const char *format, ...)
{
	va_list args;

	if (joint_trace == NULL)
		return;
	fprintf(joint_trace, "        ");
	va_start(args, format);
	vfprintf(joint_trace, format, args);
	va_end(args);
	fprintf(joint_trace, "\n");
}

void joint_init(void *state)
{
	const struct joint_params *p = joint_params;
	struct joint *w = state;
	struct usbif_fq_config fq;
	struct usbif_bq_config bq;

	memset(w, 0, sizeof(*w));
	memset(&fq, 0, sizeof(fq));
	memset(&bq, 0, sizeof(bq));
	fq.slots = p->slots;
	fq.depth = p->depth;
	fq.max_octets = p->max_octets;
	fq.bulk_octets = p->bulk_octets;
	fq.extended = p->extended;
	bq.slots = p->slots;
	bq.hc_depth = p->hc_depth;
	bq.extended = p->extended;
	joint_broken = NULL;
	if (usbif_fq_init(&w->fq, &fq) != USBIF_OK ||
	    usbif_bq_init(&w->bq, &bq) != USBIF_OK)
		joint_fail("a bound is broken");
	memset(w->stop_from, NOBODY, sizeof(w->stop_from));
	memset(w->stop_seen, NOBODY, sizeof(w->stop_seen));
	w->unlinks = p->unlinks;
	w->errors = p->errors;
	w->shorts = p->shorts;
	w->holds = p->holds;
	w->unplugs = p->unplugs;
	back_begin(w);
}

static unsigned int driver_moves(const struct joint *w, search_move *to)
{
	const struct joint_params *p = joint_params;
	unsigned int n = 0, i, len, snok;

	for (i = 0; i < p->nr_queues && w->submitted < p->urbs; i++) {
		uint8_t q = p->queues[i];

		if (w->front_dead || w->fq.gone[0] &
				     (1u << (usbif_queue_port(q) - 1)))
			continue;
		if (p->in_turn && i != w->submitted % p->nr_queues)
			continue;
		for (len = 0; len < 4; len++)
			for (snok = 0; snok < 2; snok++)
				if (p->lengths & (1u << len) &&
				    p->short_not_ok & (1u << snok))
					to[n++] = move(GUEST, GUEST_SUBMIT, q,
						       len * 2 + snok);
	}
	for (i = 0; i < w->submitted; i++) {
		const struct ghost *g = &w->ghost[i];

		if (g->state == GHOST_DONE)
			to[n++] = move(GUEST, GUEST_RETIRE, i, 0);
		if (g->state == GHOST_LIVE && !g->unlinked && w->unlinks > 0)
			to[n++] = move(GUEST, GUEST_UNLINK, i, 0);
	}
	return n;
}

static unsigned int channel_moves(const struct joint *w, search_move *to)
{
	unsigned int n = 0;

	if (w->down_n > 0)
		to[n++] = move(GUEST, GUEST_TAKE, 0, 0);
	if (w->events_n > 0)
		to[n++] = move(GUEST, GUEST_EVENT, 0, 0);
	if (w->up_n > 0 && !back_is_silent(w))
		to[n++] = move(BACK, BACK_TAKE, 0, 0);
	if (w->staged_n > 0)
		to[n++] = move(BACK, BACK_ADMIT, 0, 0);
	if (w->staged_n > 0 && joint_params->refuses && w->errors > 0 &&
	    !w->staged[0].msg.unlink)
		to[n++] = move(BACK, BACK_ADMIT, 1, 0);
	if (w->bq.answer_head != USBIF_NONE && !back_is_silent(w))
		to[n++] = move(BACK, BACK_ANSWER, 0, 0);
	if (w->up_n + w->staged_n + w->down_n == 0 && back_is_waiting(w))
		to[n++] = move(BACK, BACK_HEAR, 0, 0);
	return n;
}

static unsigned int end_moves(const struct joint *w, search_move *to)
{
	const struct joint_params *p = joint_params;
	unsigned int n = 0;

	if (p->silent && !w->silent)
		to[n++] = move(BACK, BACK_SILENT, 0, 0);
	if ((p->die || w->silent) && !w->front_dead)
		to[n++] = move(GUEST, GUEST_DIE, 0, 0);
	if (!w->closed && (w->front_dead || p->close))
		to[n++] = move(BACK, BACK_CLOSE, 0, 0);
	if (w->plug == PLUG_OUT)
		to[n++] = move(BACK, BACK_GONE, 0, 0);
	if (w->plug == PLUG_IN && w->unplugs > 0 && !w->closed)
		to[n++] = move(HC, HC_UNPLUG, 0, 0);
	if (w->plug == PLUG_TOLD && p->replug && !w->closed &&
	    w->events_n + 2u <= sizeof(w->events))
		to[n++] = move(HC, HC_REPLUG, 0, 0);
	return n;
}

static unsigned int device_moves(const struct joint *w, uint8_t q,
				 search_move *to)
{
	int at = hc_runner(w, q);
	const struct hc_entry *e = &w->hc[q].entry[at < 0 ? 0 : at];
	unsigned int n = 0;

	if (at < 0)
		return 0;
	if (q < USBIF_EPS && w->absent) {
		to[n++] = move(HC, HC_LOST, q, (uint32_t)at);
		return n;
	}
	to[n++] = move(HC, HC_PACKET, q, 0);
	if (w->errors > 0)
		to[n++] = move(HC, HC_FAIL, q, 0);
	if (w->shorts > 0 && q % USBIF_EPS != 1 &&
	    e->moved < w->bq.req[e->slot].length) {
		to[n++] = move(HC, HC_SHORT, q, 0);
		if (joint_params->empty_packets)
			to[n++] = move(HC, HC_SHORT, q, 1);
	}
	return n;
}

static unsigned int hc_moves(const struct joint *w, uint8_t q, search_move *to)
{
	const struct hc_queue *hc = &w->hc[q];
	unsigned int n = device_moves(w, q, to), i;
	int ended = hc_ended(w, q);

	for (i = 0; i < hc->n; i++)
		if (hc->entry[i].cancel && hc->entry[i].end == HC_ACTIVE)
			to[n++] = move(HC, HC_CANCEL, q, i);
	if (ended >= 0) {
		bool cancel = hc->entry[ended].cancel;

		if (!cancel || joint_params->hides != 1)
			to[n++] = move(HC, HC_REPORT, q, 0);
		if (cancel && joint_params->hides != 0)
			to[n++] = move(HC, HC_REPORT, q, 1);
	}
	if (w->bq.queue[q].held && usbif_bq_is_drained(&w->bq, q))
		to[n++] = move(BACK, BACK_RELEASE, q, 0);
	if (!w->bq.queue[q].held && w->holds > 0)
		to[n++] = move(BACK, BACK_HOLD, q, 0);
	return n;
}

unsigned int joint_moves(const void *state, search_move *moves)
{
	const struct joint_params *p = joint_params;
	const struct joint *w = state;
	unsigned int n = driver_moves(w, moves), i;

	n += channel_moves(w, moves + n);
	n += end_moves(w, moves + n);
	for (i = 0; i < p->nr_queues; i++)
		n += hc_moves(w, p->queues[i], moves + n);
	if (p->refuses && !w->refuse && w->errors > 0)
		moves[n++] = move(HC, HC_FULL, 0, 0);
	/* All else takes no time. */
	for (i = 0; i < n && !joint_is_internal(moves[i]); i++)
		;
	if (i == n && back_is_silent(w) && usbif_fq_has_unlinks(&w->fq))
		moves[n++] = move(GUEST, GUEST_WAIT, 0, 0);
	return n;
}

bool joint_is_internal(search_move m)
{
	uint32_t kind = kind_of(m);

	switch (mover_of(m)) {
	case GUEST:
		return kind == GUEST_TAKE || kind == GUEST_EVENT ||
		       kind == GUEST_WAIT;
	case BACK:
		return kind != BACK_CLOSE && kind != BACK_HOLD &&
		       kind != BACK_SILENT &&
		       !(kind == BACK_ADMIT && arg_a(m));
	case HC:
		return kind == HC_CANCEL || kind == HC_LOST ||
		       kind == HC_REPORT;
	}
	return false;
}

static void move_guest(struct joint *w, enum guest_move kind, uint8_t a,
		       uint8_t b)
{
	switch (kind) {
	case GUEST_SUBMIT:
		front_submit(w, a, b / 2, b & 1);
		break;
	case GUEST_UNLINK:
		front_unlink(w, a);
		break;
	case GUEST_RETIRE:
		front_retire(w, a);
		break;
	case GUEST_TAKE:
		front_take(w);
		break;
	case GUEST_EVENT:
		front_take_event(w);
		break;
	case GUEST_DIE:
		front_die(w);
		break;
	case GUEST_WAIT:
		front_wait(w);
		break;
	}
}

static void move_back(struct joint *w, enum back_move kind, uint8_t a)
{
	switch (kind) {
	case BACK_TAKE:
		back_take(w);
		break;
	case BACK_ADMIT:
		back_admit(w, a);
		break;
	case BACK_ANSWER:
		back_answer(w);
		break;
	case BACK_GONE:
		back_unplug(w);
		break;
	case BACK_CLOSE:
		back_close(w);
		break;
	case BACK_HOLD:
		back_hold(w, a, true);
		break;
	case BACK_RELEASE:
		back_hold(w, a, false);
		break;
	case BACK_SILENT:
		w->silent = 1;
		break;
	case BACK_HEAR:
		back_hear(w);
		break;
	}
}

static void move_hc(struct joint *w, enum hc_move kind, uint8_t a, uint8_t b)
{
	switch (kind) {
	case HC_PACKET:
		hc_packet(w, a);
		break;
	case HC_SHORT:
		hc_short(w, a, b);
		break;
	case HC_FAIL:
		hc_error(w, a);
		break;
	case HC_CANCEL:
		hc_end(w, a, b, HC_CANCELLED);
		break;
	case HC_LOST:
		hc_end(w, a, b, HC_DEAD);
		break;
	case HC_REPORT:
		back_report(w, a, b);
		break;
	case HC_FULL:
		w->errors--;
		w->refuse = 1;
		break;
	case HC_UNPLUG:
		w->unplugs--;
		w->absent = 1;
		w->plug = PLUG_OUT;
		break;
	case HC_REPLUG:
		back_replug(w);
		break;
	}
}

const char *joint_perform(void *state, search_move m)
{
	struct joint *w = state;
	uint8_t a = arg_a(m), b = arg_b(m);

	joint_broken = NULL;
	switch (mover_of(m)) {
	case GUEST:
		move_guest(w, (enum guest_move)kind_of(m), a, b);
		break;
	case BACK:
		move_back(w, (enum back_move)kind_of(m), a);
		break;
	case HC:
		move_hc(w, (enum hc_move)kind_of(m), a, b);
		break;
	}
	check_state(w);
	return joint_broken;
}

void joint_print(FILE *out, const void *state, search_move m)
{
	static const char *const words[][9] = {
		[GUEST] = {
			"",
			"driver unlinks u%u", "completion routine of u%u returns",
			"front takes an answer", "front takes a hot-plug event",
			"front ends the connection", "seconds pass",
		},
		[BACK] = {
			"back takes a request", "back admits a request",
			"back puts an answer", "back learns that the device left",
			"back closes", "back holds queue %u",
			"back releases queue %u", "the back falls silent",
			"the front has heard of all failures",
		},
		[HC] = {
			"device moves a packet on queue %u",
			"device sends a short packet on queue %u",
			"device fails on queue %u",
			"a cancel takes effect on queue %u",
			"the HC finds no device on queue %u",
			"the HC reports an end on queue %u",
			"the HC will refuse the next request",
			"the device is unplugged", "a new device is plugged in",
		},
	};
	const char *text = words[mover_of(m)][kind_of(m)];
	const struct joint *w = state;

	joint_trace = out;
	if (mover_of(m) == GUEST && kind_of(m) == GUEST_SUBMIT) {
		fprintf(out, "driver submits u%u to queue %u: %u packets%s\n",
			w->submitted, arg_a(m), arg_b(m) / 2,
			arg_b(m) & 1 ? ", SHORT_NOT_OK" : "");
		return;
	}
	for (; *text != '\0'; text++) {
		if (text[0] == '%' && text[1] == 'u') {
			fprintf(out, "%u", arg_a(m));
			text++;
		} else {
			fputc(*text, out);
		}
	}
	fputc('\n', out);
}

const struct search_model joint_model = {
	.octets = sizeof(struct joint),
	.init = joint_init,
	.moves = joint_moves,
	.perform = joint_perform,
	.is_internal = joint_is_internal,
	.at_rest = joint_at_rest,
	.print = joint_print,
};

void joint_choose(const void *params)
{
	joint_params = params;
	joint_trace = NULL;
}
