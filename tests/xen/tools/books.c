/* SPDX-License-Identifier: MIT */
/*
 * books take FILE: this kernel's figures, one a line: RULE VALUE NAME.
 * books compare BEFORE AFTER CYCLES: prints what has changed by more than its rule allows; status 1 if any.
 * Files of figures may be put together from several sources; a name that is missing counts 0.
 */
#define _GNU_SOURCE
#include "books.h"

#include "bed.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE 4096
/* Differences that are printed; the first ones tell. */
#define SHOWN 100

struct figure {
    char rule;
    long value;
    char *name;
};

struct book {
    struct figure *figures;
    size_t count, room;
};

static struct book taken;

static void add(struct book *book, char rule, long value, const char *name)
{
    if (book->count == book->room) {
        book->room = book->room ? 2 * book->room : 1024;
        book->figures = realloc(book->figures, book->room * sizeof(*book->figures));
    }
    if (!book->figures)
        die("memory");
    book->figures[book->count++] = (struct figure){ rule, value, strdup(name) };
}

void books_add(enum books_rule rule, long value, const char *format, ...)
{
    va_list arguments;
    char name[LINE];

    va_start(arguments, format);
    vsnprintf(name, sizeof(name), format, arguments);
    va_end(arguments);
    add(&taken, (char)rule, value, name);
}

int books_is_watched(const char *trace)
{
    return strstr(trace, "[xen_usb") || strstr(trace, "[planted");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct figure *)a)->name, ((const struct figure *)b)->name);
}

enum books_rule books_rule_for(const char *trace)
{
    return books_is_watched(trace) ? BOOKS_MOST : BOOKS_TREND;
}

/* Sort by name, and sum up figures of one name. */
static void settle(struct book *book)
{
    size_t kept = 0;

    qsort(book->figures, book->count, sizeof(*book->figures), by_name);
    for (size_t i = 0; i < book->count; i++) {
        if (kept > 0 && !by_name(&book->figures[kept - 1], &book->figures[i]))
            book->figures[kept - 1].value += book->figures[i].value;
        else
            book->figures[kept++] = book->figures[i];
    }
    book->count = kept;
}

static void load(struct book *book, const char *name)
{
    FILE *file = fopen(name, "r");
    char line[LINE], rule;
    int text;
    long value;

    if (!file)
        die("%s", name);
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        if (sscanf(line, "%c %ld %n", &rule, &value, &text) != 2)
            die("%s: no figure: %s", name, line);
        add(book, rule, value, line + text);
    }
    fclose(file);
    settle(book);
    if (!book->count)
        die("%s: no figures", name);
}

/* How much the figure may grow. */
static long allowance(char rule, long cycles)
{
    long noise = rule == BOOKS_PAGES ? BOOKS_PAGES_NOISE : BOOKS_NOISE;

    if (rule != BOOKS_TREND && rule != BOOKS_PAGES)
        return 0;
    return cycles - 1 > noise ? cycles - 1 : noise;
}

static int differs(const struct figure *figure, long before, long after, long cycles)
{
    long more = after - before, allowed = allowance(figure->rule, cycles);

    if (more <= allowed && (more >= 0 || figure->rule != BOOKS_EXACT))
        return 0;
    printf("%s: %ld before, %ld after, allowed %s%ld\n", figure->name, before, after,
           figure->rule != BOOKS_EXACT ? "at most +" : "+-", allowed);
    return 1;
}

/* Both are sorted: walk through them side by side. */
static int compare(const struct book *before, const struct book *after, long cycles)
{
    size_t b = 0, a = 0;
    int differences = 0;

    while ((b < before->count || a < after->count) && differences < SHOWN) {
        const struct figure *old = b < before->count ? &before->figures[b] : NULL;
        const struct figure *new = a < after->count ? &after->figures[a] : NULL;
        int order = !old ? 1 : !new ? -1 : by_name(old, new);

        differences += differs(order <= 0 ? old : new, order <= 0 ? old->value : 0,
                               order >= 0 ? new->value : 0, cycles);
        b += order <= 0;
        a += order >= 0;
    }
    return differences;
}

static void write_text(const char *name, const char *text)
{
    int fd = open(name, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        die("%s", name);
    close(fd);
}

static void take(const char *name)
{
    FILE *file;

    /* What is merely cached is no leak. */
    sync();
    write_text("/proc/sys/vm/drop_caches", "3");
    books_of_pages();
    books_of_grants();
    books_of_devices();
    books_of_tasks();
    books_of_interrupts();
    books_of_vmalloc();
    books_of_slabs();
    settle(&taken);
    file = fopen(name, "w");
    if (!file)
        die("%s", name);
    for (size_t i = 0; i < taken.count; i++)
        fprintf(file, "%c %ld %s\n", taken.figures[i].rule, taken.figures[i].value, taken.figures[i].name);
    if (fclose(file))
        die("%s", name);
}

int cmd_books(int argc, char **argv)
{
    struct book before = { 0 }, after = { 0 };

    if (argc == 3 && !strcmp(argv[1], "take")) {
        take(argv[2]);
        return 0;
    }
    if (argc != 5 || strcmp(argv[1], "compare"))
        return 2;
    load(&before, argv[2]);
    load(&after, argv[3]);
    return compare(&before, &after, atol(argv[4])) > 0;
}
