namespace Attune.Training.Schedules;

/// <summary>The learning rate as a function of the step: asked twice, it answers the same.</summary>
public interface ISchedule
{
    /// <summary>The rate that the schedule was made for: that of parameters whose group names none of its own.</summary>
    double LearningRate { get; }

    /// <summary>The rate that a step uses, for a group of parameters with a rate of its own.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="learningRate">The group's own rate.</param>
    double At(long step, double learningRate);

    /// <summary>The rate that a step uses.</summary>
    /// <param name="step">The step, from 0.</param>
    double At(long step) => At(step, LearningRate);

    /// <summary>The momentum (Adam: the first beta) that a step uses; null where the schedule leaves it alone.</summary>
    /// <param name="step">The step, from 0.</param>
    double? MomentumAt(long step) => null;
}
