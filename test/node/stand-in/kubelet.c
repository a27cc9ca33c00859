// The stand-in kubelet as an ELF executable, as a real kubelet is one: it serves /healthz on 10248 and has the Node
// program beside it do the rest. Built in several versions by `elf-kubelet.ts`.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>

static pid_t child;

static void stop(int signal) {
  (void)signal;
  if (child > 0) kill(child, SIGKILL);
  _exit(0);
}

static void gone(int signal) {
  (void)signal;
  int status;
  if (waitpid(child, &status, WNOHANG) == child) _exit(1);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i += 1) {
    if (strncmp(argv[i], "--version", 9) == 0) {
      puts("Kubernetes " VERSION);
      return 0;
    }
  }
#ifdef DIES
  fprintf(stderr, "E1128 08:00:00.000000       1 run.go:72] \"command failed\" err=\"failed to parse kubelet flag: no such gate\"\n");
  /* journald reads whose line it is off the process: one that is gone by then is nobody's. */
  usleep(200000);
  return 1;
#endif
  signal(SIGTERM, stop);
  signal(SIGCHLD, gone);
  signal(SIGPIPE, SIG_IGN);
  child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    char **args = calloc(argc + 2, sizeof *args);
    args[0] = "/opt/ktop-test/node";
    args[1] = "/opt/ktop-test/bundle/kubelet.mjs";
    for (int i = 1; i < argc; i += 1) args[i + 1] = argv[i];
    execv(args[0], args);
    _exit(127);
  }
  int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(10248), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (bind(server, (struct sockaddr *)&at, sizeof at) != 0 || listen(server, 8) != 0) perror("healthz");
#ifdef NEVER_READY
  const char *answer = "HTTP/1.0 500 Internal Server Error\r\n\r\n[-]syncloop failed: not yet";
#else
  const char *answer = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok";
#endif
  for (;;) {
    int client = accept(server, 0, 0);
    if (client < 0) continue;
    char request[4096];
    struct pollfd asked = {client, POLLIN, 0};
    if (poll(&asked, 1, 1000) > 0) (void)!read(client, request, sizeof request);
    (void)!write(client, answer, strlen(answer));
    close(client);
  }
}
