/* SPDX-License-Identifier: MIT */
/* Endpoint queues of a front, as people see them. */
#include "fq_private.h"

static enum usbif_queue_state state_of(const struct usbif_fq_queue *q)
{
	if (q->needs_restart && q->unanswered != 0)
		return USBIF_QUEUE_QUIESCING;
	if (q->blockers != 0)
		return USBIF_QUEUE_HELD;
	return q->needs_restart ? USBIF_QUEUE_STOPPED : USBIF_QUEUE_RUNNING;
}

void usbif_fq_look(const struct usbif_fq *fq, uint16_t queue,
		   struct usbif_queue_look *look)
{
	const struct usbif_fq_queue *q = &fq->queue[queue];
	uint16_t urb;

	memset(look, 0, sizeof(*look));
	look->state = state_of(q);
	look->under_way = q->unanswered;
	for (urb = q->head; urb != USBIF_NONE; urb = fq->urb[urb].next)
		if (fq->urb[urb].state != USBIF_FQ_SENT)
			look->waiting++;
}
