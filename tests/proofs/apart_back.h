/* SPDX-License-Identifier: MIT */
#ifndef PROOFS_APART_BACK_H
#define PROOFS_APART_BACK_H

#include "apart.h"
#include "usbif/back.h"

#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_back_port, back_port);
#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_msg_req, back_req);
#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_bq_req, back_bq_req);
#ifndef PROOFS_HARNESS
extern
#endif
ENTRIES(struct usbif_bq_queue, back_bq_queue);

#define BACK_PORT(index)	ENTRY(back_port, USBIF_MAX_PORTS, index)
#define BACK_REQ(index)		ENTRY(back_req, USBIF_MAX_SLOTS, index)
#define BACK_BQ_REQ(index)	ENTRY(back_bq_req, USBIF_MAX_SLOTS, index)
#define BACK_BQ_QUEUE(index)	ENTRY(back_bq_queue, USBIF_MAX_QUEUES, index)

#endif
