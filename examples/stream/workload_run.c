/* SPDX-License-Identifier: MIT */
#include "workloads.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static bool talk(const struct workload *w, const struct client_way *way,
		 bool trace, int fd)
{
	struct client *c = malloc(sizeof(*c));
	bool right = false;

	if (c && client_open(c, fd, way, trace ? "client" : NULL))
		right = w->run(c);
	if (right && c->not_executed != 0)
		printf("    %u requests came back not executed\n",
		       c->not_executed);
	free(c);
	return right;
}

bool workload_run(const struct workload *w, const struct client_way *way,
		  bool trace)
{
	int fd[2], status;
	bool right;
	pid_t server;

	fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		return false;
	server = fork();
	if (server == 0) {
		close(fd[0]);
		_exit(server_run(fd[1], stderr));
	}
	close(fd[1]);
	right = server > 0 && talk(w, way, trace, fd[0]);
	close(fd[0]);
	if (server < 0 || waitpid(server, &status, 0) != server)
		return false;
	return right && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
