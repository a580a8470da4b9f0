using System.Collections.Concurrent;

namespace Attune.Generation;

/// <summary>
/// The one thread on which an engine computes, a piece of work after another: libtorch keeps a team of threads for every thread that
/// calls it, and two requests at once would fight over the cores.
/// </summary>
internal sealed class EngineThread : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    public EngineThread()
    {
        thread = new Thread(Work) { IsBackground = true, Name = "Attune engine" };
        thread.Start();
    }

    /// <summary>Does a piece of work when those before it are done.</summary>
    /// <param name="function">The work.</param>
    /// <param name="cancel">Whether it is still wanted when its turn comes.</param>
    public Task<T> Run<T>(Func<T> function, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(
            () =>
            {
                try
                {
                    cancel.ThrowIfCancellationRequested();
                    done.SetResult(function());
                }
                catch (OperationCanceledException e)
                {
                    done.SetCanceled(e.CancellationToken);
                }
#pragma warning disable CA1031 // Whatever happened is told to who awaits the work.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    done.SetException(e);
                }
            },
            CancellationToken.None);
        return done.Task;
    }

    /// <summary>Ends the thread after the work that is waiting.</summary>
    public void Dispose()
    {
        if (!work.IsAddingCompleted)
        {
            work.CompleteAdding();
            if (Thread.CurrentThread != thread)
            {
                thread.Join();
            }
        }
    }

    private void Work()
    {
        foreach (var action in work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
