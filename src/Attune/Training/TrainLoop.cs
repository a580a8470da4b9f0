using System.Diagnostics;
using Attune.Data;
using Attune.Models;
using Attune.Native;
using Attune.Nn;
using Attune.Tasks;
using Attune.Text;
using Attune.Training.Optimizers;
using Attune.Training.Schedules;
using static TorchSharp.torch;

namespace Attune.Training;

/// <summary>
/// The one loop, for every method, task and objective. A step is a function of the plan and its number: rows, dropout and learning rate are
/// computed from it, so that a run that was taken up again gives the same bits as one that never stopped. Views, logs and reports
/// subscribe to its events and appear nowhere in it.
/// </summary>
internal sealed class TrainLoop
{
    /// <summary>What is trained.</summary>
    public required TextModel Model { get; init; }

    /// <summary>Turns dropout and the like on and off.</summary>
    public required Action<bool> Mode { get; init; }

    /// <summary>The training rows.</summary>
    public required IReadOnlyList<TokenRow> Rows { get; init; }

    /// <summary>Which rows a step trains on.</summary>
    public required BatchPlan Batches { get; init; }

    /// <summary>Divides a step's rows, given by their lengths, into parts that go through the model together.</summary>
    public required Func<IReadOnlyList<int>, IReadOnlyList<int[]>> Divide { get; init; }

    /// <summary>The sum of a part's losses.</summary>
    public required Func<TextModel, Batch, Tensor> Loss { get; init; }

    /// <summary>Makes the updates.</summary>
    public required IOptimizer Optimizer { get; init; }

    /// <summary>The learning rate of every step.</summary>
    public required ISchedule Schedule { get; init; }

    /// <summary>The largest norm of the gradient; null: any.</summary>
    public required double? MaxGradNorm { get; init; }

    /// <summary>What chance begins with.</summary>
    public required long Seed { get; init; }

    /// <summary>The mean loss of the validation rows; null: there are none.</summary>
    public Func<CancellationToken, double>? Measure { get; init; }

    /// <summary>Whether to measure when that many steps are done.</summary>
    public Func<long, bool> MeasureAt { get; init; } = _ => false;

    /// <summary>Remembers the best measurement.</summary>
    public required EarlyStopping Stopping { get; init; }

    /// <summary>Saves when that many steps are done.</summary>
    public required Action<long> Save { get; init; }

    /// <summary>Whether to save when that many steps are done and the last save is so long ago.</summary>
    public required Func<long, TimeSpan, bool> SaveAt { get; init; }

    /// <summary>Hears what happens.</summary>
    public required Action<TrainEvent> Publish { get; init; }

    /// <summary>The machine's matrix-product peak, in 10^9 operations a second.</summary>
    public double PeakGflops { get; init; }

    /// <summary>Trains from a step on.</summary>
    /// <param name="first">Steps that are done.</param>
    /// <param name="stop">Asks to save and leave, between steps.</param>
    /// <returns>Why it ended: <c>done</c>, <c>early</c> or <c>signal</c>.</returns>
    public string Run(long first, CancellationToken stop)
    {
        var cost = StepCost.Of(Model);
        var sinceSave = Stopwatch.StartNew();
        for (long step = first; step < Batches.Steps; step++)
        {
            if (Stopping.ShouldStop)
            {
                return "early";
            }

            Publish(Update(step, cost));
            long done = step + 1;
            bool best = Measure is not null && MeasureAt(done) && TakeMeasure(done, stop);
            bool last = done == Batches.Steps || Stopping.ShouldStop, signalled = stop.IsCancellationRequested;
            if (best || last || signalled || SaveAt(done, sinceSave.Elapsed))
            {
                Save(done);
                sinceSave.Restart();
            }

            if (signalled && !last)
            {
                return "signal";
            }
        }

        return Stopping.ShouldStop ? "early" : "done";
    }

    private StepDone Update(long step, StepCost cost)
    {
        var watch = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        Seeds.Set(Seed, step);
        Mode(true);
        TokenRow[] rows = [.. Batches.At(step).Select(row => Rows[row])];
        long tokens = rows.Sum(row => (long)row.Ids.Length), trained = rows.Sum(row => (long)row.Predictions);
        double loss = 0;
        foreach (int[] part in Divide([.. rows.Select(row => row.Ids.Length)]))
        {
            loss += Backward([.. part.Select(row => rows[row])], trained);
        }

        double norm = Gradients.Clip(Optimizer.Parameters, MaxGradNorm);
        Guard.Finite(step, loss, norm, Optimizer.Parameters);
        double rate = Schedule.At(step);
        Optimizer.Step(Schedule.At(step, Optimizer.LearningRates));
        Optimizer.ZeroGradients();
        Mode(false);
        TensorPool.Age();
        double seconds = watch.Elapsed.TotalSeconds;
        return new StepDone(loss, rate, norm, tokens, trained, seconds, Batches.EpochAt(step + 1),
            PeakGflops > 0 ? cost.Of(tokens, trained) / seconds / (PeakGflops * 1e9) : 0, Environment.WorkingSet) { Step = step + 1 };
    }

    /// <summary>The loss is a sum divided once, by the trained tokens of the whole step.</summary>
    private double Backward(IReadOnlyList<TokenRow> rows, long trained)
    {
        using var scope = NewDisposeScope();
        using var batch = Batch.From(rows, Model.Device);
        if (batch.TrainedTokens == 0)
        {
            return 0;
        }

        var loss = Loss(Model, batch) / trained;
        BackwardPass.Run(loss);
        Optimizer.Parameters.CollectGradients();
        return loss.item<float>();
    }

    private bool TakeMeasure(long done, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        double value = Measure!(stop);
        bool best = Stopping.Take(done, value);
        Publish(new Measured(value, best, watch.Elapsed.TotalSeconds) { Step = done });
        return best;
    }
}
