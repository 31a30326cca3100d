/* SPDX-License-Identifier: MIT */
/* What fq.c and fq_send.c share; nobody else may use it. */
#ifndef USBIF_FQ_PRIVATE_H
#define USBIF_FQ_PRIVATE_H

#include "usbif/fq.h"
#include "usbif/msg.h"
#include "bits.h"

/* Queue the duty of sending: the queue may have something to send. */
void usbif_fq_make_ready(struct usbif_fq *fq, uint16_t queue);

/* Queue or withdraw the duty of sending unlinks for an URB's requests. */
void usbif_fq_want_unlinks(struct usbif_fq *fq, uint16_t urb);
void usbif_fq_drop_unlinks(struct usbif_fq *fq, uint16_t urb);

/* The next UNLINK or SEND, as usbif_fq_next(). */
bool usbif_fq_next_unlink(struct usbif_fq *fq, struct usbif_fq_duty *duty);
bool usbif_fq_next_send(struct usbif_fq *fq, struct usbif_fq_duty *duty);

#endif
