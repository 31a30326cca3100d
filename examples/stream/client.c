/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <string.h>
#include <time.h>

static int64_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

bool client_open(struct client *c, int fd, const struct client_way *way,
		 const char *trace)
{
	struct frame f = { .kind = FRAME_HELLO, .flags = way->revision };
	int n = 0;

	memset(c, 0, sizeof(*c));
	conn_init(&c->conn, fd, trace);
	c->way = way;
	c->second = now_s();
	conn_put(&c->conn, &f);
	while (n == 0 && !c->conn.ended) {
		conn_wait(&c->conn, -1);
		n = conn_take(&c->conn, &f);
	}
	/* The server says what both know, and how many requests it takes. */
	if (n != 1 || f.kind != FRAME_HELLO || f.flags > way->revision ||
	    f.length < STREAM_SLOTS)
		return false;
	way->start(c, f.flags);
	return true;
}

bool client_submit(struct client *c, struct urb *urb)
{
	int number;

	urb->unlinked = false;
	number = c->failed ? -1 : c->way->submit(c, urb);
	if (number < 0)
		return false;
	urb->number = (uint16_t)number;
	urb->busy = true;
	c->urb[number] = urb;
	c->busy++;
	return true;
}

void client_unlink(struct client *c, struct urb *urb)
{
	if (!urb->busy || urb->unlinked)
		return;
	urb->unlinked = true;
	c->way->unlink(c, urb);
}

void client_give_back(struct client *c, struct urb *urb, int32_t status,
		      uint32_t actual)
{
	urb->status = status;
	urb->actual = actual;
	urb->busy = false;
	c->urb[urb->number] = NULL;
	c->busy--;
	if (urb->complete)
		urb->complete(urb);
}

static bool take_all(struct client *c)
{
	struct frame f;
	int n;

	while ((n = conn_take(&c->conn, &f)) == 1) {
		if (f.kind != FRAME_ANSWER)
			return false;
		if (f.status == USBIF_WIRE_ST_NOT_EXECUTED)
			c->not_executed++;
		if (!c->way->answer(c, &f))
			return false;
		c->way->drain(c);
	}
	return n == 0;
}

static bool tick(struct client *c)
{
	if (now_s() == c->second)
		return true;
	c->second = now_s();
	return c->way->second(c);
}

bool client_run(struct client *c, const struct urb *until)
{
	c->way->drain(c);
	while (until ? until->busy : c->busy != 0) {
		conn_wait(&c->conn, 1000);
		if (take_all(c) && !c->conn.ended && tick(c))
			continue;
		c->failed = true;
		c->way->shutdown(c);
	}
	return !c->failed;
}
