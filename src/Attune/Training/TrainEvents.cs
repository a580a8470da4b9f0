using System.Text.Json.Serialization;

namespace Attune.Training;

/// <summary>What happens during a run. Views, logs and trackers subscribe; the loop knows none of them.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunStarted), "run_started")]
[JsonDerivedType(typeof(StepDone), "step")]
[JsonDerivedType(typeof(Measured), "evaluation")]
[JsonDerivedType(typeof(CheckpointSaved), "checkpoint")]
[JsonDerivedType(typeof(RunStopped), "run_stopped")]
[JsonDerivedType(typeof(Noted), "note")]
[JsonDerivedType(typeof(Progressed), "progress")]
public abstract record TrainEvent
{
    /// <summary>When it happened, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The steps done when it happened.</summary>
    public long Step { get; init; }
}

/// <summary>The loop begins, or goes on after a resume.</summary>
/// <param name="Steps">Steps in all.</param>
/// <param name="Trainable">Trainable parameters.</param>
/// <param name="PeakGflops">The machine's measured matrix-product peak in this run's precision, in 10^9 operations a second.</param>
public sealed record RunStarted(long Steps, long Trainable, double PeakGflops) : TrainEvent
{
    /// <summary>Steps between lines of a view that writes lines, as the recipe asks; null: the view's own measure.</summary>
    public int? LogEvery { get; init; }
}

/// <summary>An update was made.</summary>
/// <param name="Loss">Mean loss by trained token of the step.</param>
/// <param name="LearningRate">The rate that the step used.</param>
/// <param name="GradNorm">The gradient's norm before clipping.</param>
/// <param name="Tokens">Tokens of the step's rows.</param>
/// <param name="TrainedTokens">Those that the loss is of.</param>
/// <param name="Seconds">What the step took.</param>
/// <param name="Epoch">Epochs done after it, as a fraction.</param>
/// <param name="PeakShare">Useful operations of the step over what the machine's matrix-product peak would have done in that time.</param>
/// <param name="ResidentBytes">The process's resident memory.</param>
public sealed record StepDone(double Loss, double LearningRate, double GradNorm, long Tokens, long TrainedTokens, double Seconds, double Epoch, double PeakShare, long ResidentBytes) : TrainEvent;

/// <summary>The validation rows were measured.</summary>
/// <param name="ValidationLoss">Mean loss by trained token.</param>
/// <param name="IsBest">Whether it is the best so far.</param>
/// <param name="Seconds">What it took.</param>
public sealed record Measured(double ValidationLoss, bool IsBest, double Seconds) : TrainEvent;

/// <summary>A checkpoint is complete on disk.</summary>
/// <param name="Folder">Its folder, relative to the run's.</param>
/// <param name="Seconds">What it took.</param>
public sealed record CheckpointSaved(string Folder, double Seconds) : TrainEvent;

/// <summary>The loop ended.</summary>
/// <param name="Reason"><c>done</c>, <c>early</c> (no better measurement for long enough) or <c>signal</c>.</param>
public sealed record RunStopped(string Reason) : TrainEvent;

/// <summary>Something that a user should know.</summary>
/// <param name="Text">One sentence.</param>
public sealed record Noted(string Text) : TrainEvent
{
    /// <summary>The notice that this tells, from which <see cref="Text"/> is made; null: it stands for itself.</summary>
    public Notice? Notice { get; init; }
}

/// <summary>Work besides steps is under way: opening a model, encoding rows, measuring.</summary>
/// <param name="What">What is being done.</param>
/// <param name="Done">How much of it.</param>
/// <param name="Total">Of how much; 0: unknown.</param>
public sealed record Progressed(string What, long Done, long Total) : TrainEvent;
