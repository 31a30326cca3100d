/* SPDX-License-Identifier: MIT */
/* What bq*.c share; nobody else may use it. */
#ifndef USBIF_BQ_PRIVATE_H
#define USBIF_BQ_PRIVATE_H

#include "usbif/bq.h"
#include "usbif/fq.h"
#include "bits.h"

/* Queue the duty of looking at the queue: it may have something for the HC. */
void usbif_bq_make_work(struct usbif_bq *bq, uint16_t queue);

/* Is an answer on its way that the queue, of an old front, will wait for? */
bool usbif_bq_has_news(const struct usbif_bq *bq, uint16_t queue);

#endif
