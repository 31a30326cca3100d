/* SPDX-License-Identifier: MIT */
/* Frames of video, and the buffers of a V4L2 queue. */
#include "video.h"

#include "bed.h"

#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

static void request(int fd, uint32_t type, unsigned int count)
{
    struct v4l2_requestbuffers request = { .count = count, .type = type, .memory = V4L2_MEMORY_MMAP };

    /* The gadget's queue returns their number. */
    if (ioctl(fd, VIDIOC_REQBUFS, &request) < 0 || request.count < count)
        die("%u buffers for video", count);
}

void video_map(int fd, uint32_t type, unsigned int count, struct video_buffer *buffers)
{
    request(fd, type, count);
    for (unsigned int i = 0; i < count; i++) {
        struct v4l2_buffer buffer = { .index = i, .type = type, .memory = V4L2_MEMORY_MMAP };

        if (ioctl(fd, VIDIOC_QUERYBUF, &buffer))
            die("VIDIOC_QUERYBUF");
        buffers[i].size = buffer.length;
        buffers[i].octets = mmap(NULL, buffer.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, buffer.m.offset);
        if (buffers[i].octets == MAP_FAILED)
            die("mmap of a buffer for video");
    }
}

void video_unmap(int fd, uint32_t type, unsigned int count, struct video_buffer *buffers)
{
    for (unsigned int i = 0; i < count; i++)
        munmap(buffers[i].octets, buffers[i].size);
    request(fd, type, 0);
}

void video_queue(int fd, uint32_t type, unsigned int index, size_t used)
{
    struct v4l2_buffer buffer = { .index = index, .type = type, .memory = V4L2_MEMORY_MMAP };

    buffer.bytesused = (uint32_t)used;
    buffer.field = V4L2_FIELD_NONE;
    if (ioctl(fd, VIDIOC_QBUF, &buffer))
        die("VIDIOC_QBUF");
}

static uint8_t octet(uint32_t number, size_t place)
{
    return place < 4 ? (uint8_t)(number >> 8 * place) : (uint8_t)(place * 7 + (place >> 8) * 3 + number * 31);
}

void video_fill(uint32_t number, uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        octets[i] = octet(number, i);
}

uint32_t video_number(const uint8_t *octets)
{
    return octets[0] | octets[1] << 8 | octets[2] << 16 | (uint32_t)octets[3] << 24;
}

size_t video_wrong_at(uint32_t number, const uint8_t *octets, size_t length)
{
    size_t i = 0;

    while (i < length && octets[i] == octet(number, i))
        i++;
    return i;
}
