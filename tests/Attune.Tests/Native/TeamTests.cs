namespace Attune.Native;

/// <summary>Work in pieces on libtorch's threads.</summary>
public sealed class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Every_piece_is_done_once(int pieces)
    {
        int[] done = new int[pieces];
        Team.Run(pieces, piece => Interlocked.Increment(ref done[piece]));
        Assert.All(done, times => Assert.Equal(1, times));
    }

    [Fact]
    public void What_a_piece_throws_reaches_the_caller()
    {
        var thrown = Assert.Throws<InvalidOperationException>(() => Team.Run(10, _ => throw new InvalidOperationException("a piece")));
        Assert.Equal("a piece", thrown.Message);
        int done = 0;
        Team.Run(10, _ => Interlocked.Increment(ref done));
        Assert.Equal(10, done);
    }

    [Fact]
    public void A_thread_that_gave_its_team_back_computes_again()
    {
        static int Threads() => Directory.GetDirectories("/proc/self/task").Length;
        int Computing()
        {
            int threads = 0;
            Team.Run(1000, _ => threads = Math.Max(threads, Threads()));
            return threads;
        }

        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.ProcessorCount > 1, "threads are counted on Linux");
        int computing = 0, after = int.MaxValue;
        var thread = new Thread(() =>
        {
            computing = Computing();
            Team.Release();
            for (int tries = 0; tries < 50 && after >= computing; tries++)
            {
                after = Threads();
                Thread.Sleep(10);
            }

            Computing();
            Team.Release();
        });
        thread.Start();
        thread.Join();
        Assert.True(after < computing, $"{computing} threads while computing, {after} after");
    }

    [Fact]
    public void Pieces_may_have_pieces_of_their_own()
    {
        int done = 0;
        Team.Run(8, _ => Team.Run(8, _ => Interlocked.Increment(ref done)));
        Assert.Equal(64, done);
    }
}
