/* SPDX-License-Identifier: MIT */
/* The joined world: which moves there are. */
#include "joint.h"

#include <stdarg.h>
#include <string.h>

enum move_kind {
	MOVE_SUBMIT,		/* queue, packets * 2 + SHORT_NOT_OK */
	MOVE_UNLINK,		/* URB */
	MOVE_RETIRE,		/* URB */
	MOVE_FRONT_TAKE,
	MOVE_FRONT_EVENT,
	MOVE_FRONT_DIE,
	MOVE_BACK_TAKE,
	MOVE_BACK_ADMIT,
	MOVE_BACK_REFUSE,
	MOVE_BACK_ANSWER,
	MOVE_BACK_GONE,
	MOVE_BACK_CLOSE,
	MOVE_HOLD,		/* queue */
	MOVE_RELEASE,		/* queue */
	MOVE_PACKET,		/* queue */
	MOVE_SHORT,		/* queue, empty */
	MOVE_ERROR,		/* queue */
	MOVE_CANCELLED,		/* queue, entry */
	MOVE_DEAD,		/* queue, entry */
	MOVE_REPORT,		/* queue, hide */
	MOVE_HC_FULL,
	MOVE_UNPLUG,
	MOVE_REPLUG,
};

const struct joint_params *joint_params;
const char *joint_broken;
FILE *joint_trace;

static search_move move(enum move_kind kind, uint32_t a, uint32_t b)
{
	return (search_move)kind << 16 | a << 8 | b;
}

static enum move_kind kind_of(search_move m)
{
	return (enum move_kind)(m >> 16);
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
					to[n++] = move(MOVE_SUBMIT, q,
						       len * 2 + snok);
	}
	for (i = 0; i < w->submitted; i++) {
		const struct ghost *g = &w->ghost[i];

		if (g->state == GHOST_DONE)
			to[n++] = move(MOVE_RETIRE, i, 0);
		if (g->state == GHOST_LIVE && !g->unlinked && w->unlinks > 0)
			to[n++] = move(MOVE_UNLINK, i, 0);
	}
	return n;
}

static unsigned int channel_moves(const struct joint *w, search_move *to)
{
	unsigned int n = 0;

	if (w->down_n > 0)
		to[n++] = move(MOVE_FRONT_TAKE, 0, 0);
	if (w->events_n > 0)
		to[n++] = move(MOVE_FRONT_EVENT, 0, 0);
	if (w->up_n > 0)
		to[n++] = move(MOVE_BACK_TAKE, 0, 0);
	if (w->staged_n > 0)
		to[n++] = move(MOVE_BACK_ADMIT, 0, 0);
	if (w->staged_n > 0 && joint_params->refuses && w->errors > 0 &&
	    !w->staged[0].msg.unlink)
		to[n++] = move(MOVE_BACK_REFUSE, 0, 0);
	if (w->bq.answer_head != USBIF_NONE)
		to[n++] = move(MOVE_BACK_ANSWER, 0, 0);
	return n;
}

static unsigned int end_moves(const struct joint *w, search_move *to)
{
	const struct joint_params *p = joint_params;
	unsigned int n = 0;

	if (p->die && !w->front_dead)
		to[n++] = move(MOVE_FRONT_DIE, 0, 0);
	if (!w->closed && (w->front_dead || p->close))
		to[n++] = move(MOVE_BACK_CLOSE, 0, 0);
	if (w->plug == PLUG_OUT)
		to[n++] = move(MOVE_BACK_GONE, 0, 0);
	if (w->plug == PLUG_IN && w->unplugs > 0 && !w->closed)
		to[n++] = move(MOVE_UNPLUG, 0, 0);
	if (w->plug == PLUG_TOLD && p->replug && !w->closed &&
	    w->events_n + 2u <= sizeof(w->events))
		to[n++] = move(MOVE_REPLUG, 0, 0);
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
	if (q < USBIF_EPS && w->plug != PLUG_IN && !w->closed) {
		to[n++] = move(MOVE_DEAD, q, (uint32_t)at);
		return n;
	}
	to[n++] = move(MOVE_PACKET, q, 0);
	if (w->errors > 0)
		to[n++] = move(MOVE_ERROR, q, 0);
	if (w->shorts > 0 && q % USBIF_EPS != 1 &&
	    e->moved < w->bq.req[e->slot].length) {
		to[n++] = move(MOVE_SHORT, q, 0);
		if (joint_params->empty_packets)
			to[n++] = move(MOVE_SHORT, q, 1);
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
			to[n++] = move(MOVE_CANCELLED, q, i);
	if (ended >= 0) {
		bool cancel = hc->entry[ended].cancel;

		if (!cancel || joint_params->hides != 1)
			to[n++] = move(MOVE_REPORT, q, 0);
		if (cancel && joint_params->hides != 0)
			to[n++] = move(MOVE_REPORT, q, 1);
	}
	if (w->bq.queue[q].held && usbif_bq_is_drained(&w->bq, q))
		to[n++] = move(MOVE_RELEASE, q, 0);
	if (!w->bq.queue[q].held && w->holds > 0)
		to[n++] = move(MOVE_HOLD, q, 0);
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
		moves[n++] = move(MOVE_HC_FULL, 0, 0);
	return n;
}

bool joint_is_internal(search_move m)
{
	switch (kind_of(m)) {
	case MOVE_FRONT_TAKE:
	case MOVE_FRONT_EVENT:
	case MOVE_BACK_TAKE:
	case MOVE_BACK_ADMIT:
	case MOVE_BACK_ANSWER:
	case MOVE_BACK_GONE:
	case MOVE_RELEASE:
	case MOVE_CANCELLED:
	case MOVE_DEAD:
	case MOVE_REPORT:
		return true;
	case MOVE_SUBMIT:
	case MOVE_UNLINK:
	case MOVE_RETIRE:
	case MOVE_FRONT_DIE:
	case MOVE_BACK_REFUSE:
	case MOVE_BACK_CLOSE:
	case MOVE_HOLD:
	case MOVE_PACKET:
	case MOVE_SHORT:
	case MOVE_ERROR:
	case MOVE_HC_FULL:
	case MOVE_UNPLUG:
	case MOVE_REPLUG:
		break;
	}
	return false;
}

const char *joint_perform(void *state, search_move m)
{
	struct joint *w = state;
	uint8_t a = arg_a(m), b = arg_b(m);

	joint_broken = NULL;
	switch (kind_of(m)) {
	case MOVE_SUBMIT:
		front_submit(w, a, b / 2, b & 1);
		break;
	case MOVE_UNLINK:
		front_unlink(w, a);
		break;
	case MOVE_RETIRE:
		front_retire(w, a);
		break;
	case MOVE_FRONT_TAKE:
		front_take(w);
		break;
	case MOVE_FRONT_EVENT:
		front_take_event(w);
		break;
	case MOVE_FRONT_DIE:
		front_die(w);
		break;
	case MOVE_BACK_TAKE:
		back_take(w);
		break;
	case MOVE_BACK_ADMIT:
		back_admit(w, false);
		break;
	case MOVE_BACK_REFUSE:
		back_admit(w, true);
		break;
	case MOVE_BACK_ANSWER:
		back_answer(w);
		break;
	case MOVE_BACK_GONE:
		back_unplug(w);
		break;
	case MOVE_BACK_CLOSE:
		back_close(w);
		break;
	case MOVE_HOLD:
		back_hold(w, a, true);
		break;
	case MOVE_RELEASE:
		back_hold(w, a, false);
		break;
	case MOVE_PACKET:
		hc_packet(w, a);
		break;
	case MOVE_SHORT:
		hc_short(w, a, b);
		break;
	case MOVE_ERROR:
		hc_error(w, a);
		break;
	case MOVE_CANCELLED:
		hc_end(w, a, b, HC_CANCELLED);
		break;
	case MOVE_DEAD:
		hc_end(w, a, b, HC_DEAD);
		break;
	case MOVE_REPORT:
		back_report(w, a, b);
		break;
	case MOVE_HC_FULL:
		w->errors--;
		w->refuse = 1;
		break;
	case MOVE_UNPLUG:
		w->unplugs--;
		w->plug = PLUG_OUT;
		break;
	case MOVE_REPLUG:
		back_replug(w);
		break;
	}
	check_state(w);
	return joint_broken;
}

void joint_print(FILE *out, const void *state, search_move m)
{
	static const char *const words[] = {
		[MOVE_SUBMIT] = "driver submits to queue",
		[MOVE_UNLINK] = "driver unlinks u",
		[MOVE_RETIRE] = "completion routine returns: u",
		[MOVE_FRONT_TAKE] = "front takes an answer",
		[MOVE_FRONT_EVENT] = "front takes a hot-plug event",
		[MOVE_FRONT_DIE] = "front ends the connection",
		[MOVE_BACK_TAKE] = "back takes a request",
		[MOVE_BACK_ADMIT] = "back admits a request",
		[MOVE_BACK_REFUSE] = "back cannot execute a request",
		[MOVE_BACK_ANSWER] = "back puts an answer",
		[MOVE_BACK_GONE] = "back learns that the device left",
		[MOVE_BACK_CLOSE] = "back closes",
		[MOVE_HOLD] = "back holds queue",
		[MOVE_RELEASE] = "back releases queue",
		[MOVE_PACKET] = "device moves a packet on queue",
		[MOVE_SHORT] = "device sends a short packet on queue",
		[MOVE_ERROR] = "device fails on queue",
		[MOVE_CANCELLED] = "a cancel takes effect on queue",
		[MOVE_DEAD] = "the HC finds no device on queue",
		[MOVE_REPORT] = "the HC reports an end on queue",
		[MOVE_HC_FULL] = "the HC will refuse the next request",
		[MOVE_UNPLUG] = "the device is unplugged",
		[MOVE_REPLUG] = "a new device is plugged in",
	};
	const struct joint *w = state;
	uint8_t a = arg_a(m), b = arg_b(m);

	joint_trace = out;
	fprintf(out, "%s", words[kind_of(m)]);
	if (kind_of(m) == MOVE_SUBMIT)
		fprintf(out, " %u: u%u, %u packets%s", a, w->submitted, b / 2,
			b & 1 ? ", SHORT_NOT_OK" : "");
	else if (kind_of(m) == MOVE_UNLINK || kind_of(m) == MOVE_RETIRE)
		fprintf(out, "%u", a);
	else if (kind_of(m) >= MOVE_HOLD && kind_of(m) <= MOVE_REPORT)
		fprintf(out, " %u", a);
	fprintf(out, "\n");
}
