/* SPDX-License-Identifier: MIT */
#ifndef PROOFS_APART_BQ_H
#define PROOFS_APART_BQ_H

#include "apart.h"
#include "usbif/bq.h"

#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_bq_req, bq_req);
#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_bq_queue, bq_queue);

#define BQ_REQ(index)	ENTRY(bq_req, USBIF_MAX_SLOTS, index)
#define BQ_QUEUE(index)	ENTRY(bq_queue, USBIF_MAX_QUEUES, index)

#endif
