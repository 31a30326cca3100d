/* SPDX-License-Identifier: MIT */
/* Endpoint queues of a back, as people see them. */
#include "bq_private.h"

static enum usbif_queue_state state_of(const struct usbif_bq_queue *q)
{
	if ((q->stopped || q->held) && q->in_hc != 0)
		return USBIF_QUEUE_QUIESCING;
	if (q->held)
		return USBIF_QUEUE_HELD;
	return q->stopped ? USBIF_QUEUE_STOPPED : USBIF_QUEUE_RUNNING;
}

void usbif_bq_look(const struct usbif_bq *bq, uint16_t queue,
		   struct usbif_queue_look *look)
{
	const struct usbif_bq_queue *q = &bq->queue[queue];
	uint16_t slot;

	memset(look, 0, sizeof(*look));
	look->state = state_of(q);
	look->under_way = q->in_hc;
	for (slot = q->head; slot != USBIF_NONE; slot = bq->req[slot].next)
		if (bq->req[slot].state == USBIF_BQ_PARKED)
			look->waiting++;
}
