using System.Runtime.InteropServices;

namespace Attune.Cli.Terminal;

/// <summary>Ctrl-C and SIGTERM: the first asks to save and leave, the second leaves at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly Screen screen;

    public StopSignals(Screen screen)
    {
        this.screen = screen;
        registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (source.IsCancellationRequested)
        {
            Environment.Exit((int)ExitCode.TryAgain);
        }

        context.Cancel = true;
        screen.Error("saving after this step; once more to leave at once", isHint: true);
        source.Cancel();
    }
}
