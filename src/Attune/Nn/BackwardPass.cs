using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Nn;

/// <summary>
/// Runs a backward pass. What goes wrong in a <see cref="GradientFunction{T}"/> is thrown here, when libtorch has returned: an exception that
/// crosses libtorch's own frames would leave the process hanging.
/// </summary>
internal static class BackwardPass
{
    [ThreadStatic]
    private static Fault? ofThisThread;

    // On devices other than the CPU, gradients are computed on threads of libtorch's.
    private static Fault? ofAnotherThread;

    [ThreadStatic]
    private static bool runs;

    /// <summary>Computes the gradients of a loss.</summary>
    /// <param name="loss">A scalar.</param>
    /// <exception cref="AttuneException">A function failed; it is named. Gradients that were added until then are of no use.</exception>
    public static void Run(Tensor loss)
    {
        ofThisThread = null;
        runs = true;
        try
        {
            loss.backward();
        }
        finally
        {
            runs = false;
            GradientHandles.Release();
        }

        if ((ofThisThread ?? Interlocked.Exchange(ref ofAnotherThread, null)) is not { } fault)
        {
            return;
        }

        ofThisThread = null;
        if (fault.Cause is AttuneException)
        {
            ExceptionDispatchInfo.Throw(fault.Cause);
        }

        throw new AttuneException(ExitCode.Internal, $"gradient of {fault.Function}", $"{fault.Cause.GetType().Name}: {fault.Cause.Message.Split('\n')[0]}",
            "this is a mistake of Attune's own: run the command again with --verbose and report what it prints", fault.Cause);
    }

    /// <summary>Keeps what went wrong in a function; of several the first.</summary>
    public static void Fail(string function, Exception cause)
    {
        if (runs)
        {
            ofThisThread ??= new Fault(function, cause);
        }
        else
        {
            Interlocked.CompareExchange(ref ofAnotherThread, new Fault(function, cause), null);
        }
    }

    private sealed record Fault(string Function, Exception Cause);
}
