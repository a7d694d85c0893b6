# What the proof has somebody try, each by its name: prints `allowed`, or `refused` with the kernel's reason. Without
# modules, so that the domain of the daemon need not read any; the numbers are those of socket(2) on Linux.

sub local_address { return pack 'Sa108', 1, $_[0] }
sub loopback { return pack 'SnC4x8', 2, $_[0], 127, 0, 0, 1 }

# Takes connections, and says nothing.
sub serve {
    my ($family, $address) = @_;
    my $server;
    socket($server, $family, 1, 0) && bind($server, $address) && listen($server, 9) or return 0;
    while (accept(my $client, $server)) { close $client }
    return 1;
}

my %act = (
    read_shadow   => sub { open my $file, '<', '/etc/shadow' },
    read_key      => sub { open my $file, '<', "$ENV{ETC}/cluster.key" },
    configure     => sub { open my $file, '>>', "$ENV{ETC}/belay.ini" },
    run_shell     => sub { system('/usr/bin/dash', '-c', 'true') == 0 },
    packet_socket => sub { socket my $socket, 17, 3, 0 },
    raw_icmp      => sub { socket my $socket, 2, 3, 1 },
    # A port where nobody listens: another refusal than EACCES is the kernel's consent.
    telnet => sub { socket my $socket, 2, 1, 0; connect($socket, loopback(23)) || $! != 13 },
    pcp      => sub { serve(1, local_address('/run/postgresql/.s.PGSQL.9898')) },
    postgres => sub { serve(2, loopback(5432)) },
);

print $act{ $ARGV[0] }->() ? "allowed\n" : "refused: $!\n";
