/* SPDX-License-Identifier: MIT */
/*
 * The client is not trusted.  Every frame is looked at once, whole and in our
 * own memory; what breaks a rule of the exchange ends the connection, what
 * merely does not fit the device (no such endpoint) is answered with an error.
 */
#include "server.h"

#include <stdlib.h>
#include <string.h>

static bool bad(struct server *s, const char *fault)
{
	if (!s->fault)
		s->fault = fault;
	return false;
}

void server_answer(struct server *s, uint16_t slot, int32_t status,
		   uint32_t actual)
{
	struct server_request *r = &s->request[slot];
	struct frame f = { .kind = FRAME_ANSWER, .ep = r->ep, .id = r->id,
			   .status = status, .length = actual,
			   .data = s->data[slot] };

	conn_put(&s->conn, &f);
	r->used = false;
}

static bool id_is_used(const struct server *s, uint16_t id)
{
	uint16_t slot;

	for (slot = 0; slot < STREAM_SLOTS; slot++)
		if (s->request[slot].used && s->request[slot].id == id)
			return true;
	return false;
}

static bool take_hello(struct server *s, const struct frame *f)
{
	struct frame answer = { .kind = FRAME_HELLO, .flags = f->flags,
				.length = STREAM_SLOTS };

	if (s->way)
		return bad(s, "a second HELLO");
	if (answer.flags > 1)
		answer.flags = 1;	/* the highest that we know */
	s->way = answer.flags == 0 ? &server_at_once : &server_queues;
	s->way->start(s);
	conn_put(&s->conn, &answer);
	return true;
}

static bool take_submit(struct server *s, const struct frame *f)
{
	int slot;

	if (f->flags & ~s->way->flags)
		return bad(s, "a flag that was not negotiated");
	slot = s->way->stage(s);
	if (slot < 0)
		return bad(s, "more requests than slots");
	s->request[slot] = (struct server_request){
		.used = true, .ep = f->ep, .id = f->id, .length = f->length };
	memcpy(s->data[slot], f->data, frame_data(f));
	if (!s->way->admit(s, (uint16_t)slot, f->flags))
		return bad(s, "a restart while requests are in flight");
	return true;
}

/* An unlink is answered at once, and its target apart. */
static bool take_unlink(struct server *s, const struct frame *f)
{
	struct frame answer = { .kind = FRAME_ANSWER, .ep = f->ep,
				.id = f->id };

	if (!s->way->unlink(s, f->ep, f->target))
		answer.status = USBIF_WIRE_ST_NOT_FOUND;
	conn_put(&s->conn, &answer);
	return true;
}

static bool take(struct server *s, const struct frame *f)
{
	if (f->kind == FRAME_HELLO)
		return take_hello(s, f);
	if (!s->way)
		return bad(s, "no HELLO");
	if (f->kind == FRAME_ANSWER)
		return bad(s, "an ANSWER of the client");
	if (id_is_used(s, f->id))
		return bad(s, "an id that is in use");
	return f->kind == FRAME_SUBMIT ? take_submit(s, f) : take_unlink(s, f);
}

/*
 * One frame can let every request be answered, and itself: there must be room
 * for that, or the client does not read its answers, and can wait for us.
 */
static void take_all(struct server *s)
{
	struct frame f;
	int n = 1;

	while (!s->fault && conn_has_room(&s->conn, STREAM_SLOTS + 1)) {
		n = conn_take(&s->conn, &f);
		if (n != 1)
			break;
		take(s, &f);
	}
	if (n < 0)
		bad(s, "no frame");
	else if (n == 0 && conn_is_torn(&s->conn))
		bad(s, "the stream ends inside a frame");
}

static void done(void *context, uint16_t slot, int32_t status, uint32_t actual)
{
	struct server *s = context;

	s->way->done(s, slot, status, actual);
}

/* The host controller moves when all that has arrived has been looked at. */
static void serve(struct server *s)
{
	while (!s->fault && !s->conn.ended) {
		conn_wait(&s->conn, -1);
		take_all(s);
		if (!s->fault && conn_has_room(&s->conn, STREAM_SLOTS + 1))
			hc_run(&s->hc);
	}
	s->conn.out_to = 0;	/* nobody reads any more */
	if (s->way)
		s->way->end(s);
	hc_run(&s->hc);
}

int server_run(int fd, FILE *log)
{
	struct server *s = calloc(1, sizeof(*s));
	int result;

	if (!s)
		return 1;
	conn_init(&s->conn, fd, NULL);
	s->hc = (struct hc){ .device = &s->device, .handler = done,
			     .context = s };
	serve(s);
	if (s->fault)
		fprintf(log, "server: connection closed: %s\n", s->fault);
	result = s->fault || !hc_is_idle(&s->hc);
	free(s);
	return result;
}
