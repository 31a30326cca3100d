/* SPDX-License-Identifier: MIT */
#include "conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void conn_init(struct conn *c, int fd, const char *trace)
{
	c->fd = fd;
	c->ended = false;
	c->trace = trace;
	c->in_from = 0;
	c->in_to = 0;
	c->out_to = 0;
}

static void trace(const struct conn *c, const char *way, const struct frame *f)
{
	static const char *const names[] = {
		"?", "HELLO", "SUBMIT", "UNLINK", "ANSWER" };

	if (!c->trace)
		return;
	printf("      %s %s %s ep %u %s flags %u id %u target %u status %d "
	       "length %u\n", c->trace, way, names[f->kind], f->ep & 15u,
	       f->ep & FRAME_IN ? "IN" : "OUT", f->flags, f->id, f->target,
	       (int)f->status, f->length);
}

bool conn_has_room(const struct conn *c, uint32_t frames)
{
	return CONN_OUT - c->out_to >= frames * (size_t)FRAME_MAX;
}

void conn_put(struct conn *c, const struct frame *f)
{
	trace(c, "sends", f);
	c->out_to += frame_encode(f, c->out + c->out_to);
}

int conn_take(struct conn *c, struct frame *f)
{
	int n = frame_decode(c->in + c->in_from, c->in_to - c->in_from, f);

	if (n <= 0)
		return n;
	c->in_from += (size_t)n;
	trace(c, "takes", f);
	return 1;
}

bool conn_is_torn(const struct conn *c)
{
	return c->ended && c->in_from != c->in_to;
}

/* After a send or recv that moved nothing: was that for now, or for ever? */
static bool try_later(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Returns true if there is more room than before. */
static bool flush(struct conn *c)
{
	size_t before = c->out_to;
	ssize_t n;

	while (c->out_to != 0) {
		n = send(c->fd, c->out, c->out_to, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && try_later())
			break;
		if (n < 0)	/* what has arrived can still be read */
			n = (ssize_t)c->out_to;
		c->out_to -= (size_t)n;
		memmove(c->out, c->out + n, c->out_to);
	}
	return c->out_to < before;
}

static void receive(struct conn *c)
{
	ssize_t n;

	c->in_to -= c->in_from;
	memmove(c->in, c->in + c->in_from, c->in_to);
	c->in_from = 0;
	if (c->in_to == CONN_IN)
		return;
	n = recv(c->fd, c->in + c->in_to, CONN_IN - c->in_to, MSG_DONTWAIT);
	if (n > 0)
		c->in_to += (size_t)n;
	else if (n == 0 || !try_later())
		c->ended = true;
}

void conn_wait(struct conn *c, int milliseconds)
{
	struct pollfd p = { .fd = c->fd };

	/* Frames that were left for want of room must not wait for others. */
	if (flush(c))
		milliseconds = 0;
	if (c->in_to - c->in_from < CONN_IN)
		p.events |= POLLIN;
	if (c->out_to != 0)
		p.events |= POLLOUT;
	if (!c->ended && poll(&p, 1, milliseconds) > 0 && p.events & POLLIN)
		receive(c);
	flush(c);
}
