/* SPDX-License-Identifier: MIT */
/* What both ends of a webcam know: camera.c plays it as a UVC gadget, capture.c is its user. */
#ifndef VIDEO_H
#define VIDEO_H

#include <stddef.h>
#include <stdint.h>

/* A frame has two octets for each of its points (YUYV). */
#define VIDEO_OCTETS(width, height) ((size_t)(width) * (height) * 2)

/*
 * Frames of a stream. Its user has a buffer for each of them before it starts, so that none is lost because a program
 * is slow: what is missing is missing below.
 */
#define VIDEO_FRAMES 24

/* A buffer of a V4L2 queue. */
struct video_buffer {
    uint8_t *octets;
    size_t size;
};

/* Ask for so many buffers of an OUTPUT or CAPTURE queue and map them; dies when there are fewer. */
void video_map(int fd, uint32_t type, unsigned int count, struct video_buffer *buffers);
/* Unmap them and give them back. */
void video_unmap(int fd, uint32_t type, unsigned int count, struct video_buffer *buffers);
/* Give a buffer to the queue, with so many octets used (OUTPUT). */
void video_queue(int fd, uint32_t type, unsigned int index, size_t used);

/* The octets of a frame: its number, then what follows from number and place. Numbers are not 0. */
void video_fill(uint32_t number, uint8_t *octets, size_t length);
/* The number that a frame has. */
uint32_t video_number(const uint8_t *octets);
/* The place of the first octet that is not the frame's, or the length. */
size_t video_wrong_at(uint32_t number, const uint8_t *octets, size_t length);

#endif
