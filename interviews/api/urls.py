"""/api/v1: no trailing slashes, like every address of the API."""

from django.urls import path

from interviews.api import candidates, clips, evaluations, interviews, invitations, positions

urlpatterns = [
    path("positions", positions.Positions.as_view(), name="api_positions"),
    path("positions/<int:pk>", positions.OnePosition.as_view(), name="api_position"),
    path("positions/<int:pk>/open", positions.OpenPosition.as_view(), name="api_position_open"),
    path("positions/<int:pk>/close", positions.ClosePosition.as_view(), name="api_position_close"),
    path("positions/<int:pk>/clips", clips.PositionClips.as_view(), name="api_position_clips"),
    path("candidates", candidates.Candidates.as_view(), name="api_candidates"),
    path("candidates/<int:pk>", candidates.OneCandidate.as_view(), name="api_candidate"),
    path("invitations", invitations.Invitations.as_view(), name="api_invitations"),
    path("invitations/<str:public_id>/link", invitations.Link.as_view(), name="api_invitation_link"),
    path("invitations/<str:public_id>/resend", invitations.Resend.as_view(), name="api_invitation_resend"),
    path("invitations/<str:public_id>/reissue", invitations.Reissue.as_view(), name="api_invitation_reissue"),
    path("invitations/<str:public_id>/revoke", invitations.Revoke.as_view(), name="api_invitation_revoke"),
    path("interviews", interviews.Interviews.as_view(), name="api_interviews"),
    path("interviews/<str:public_id>", interviews.OneInterview.as_view(), name="api_interview"),
    path("interviews/<str:public_id>/transcript", interviews.Transcript.as_view(), name="api_transcript"),
    path("interviews/<str:public_id>/coverage", interviews.Coverage.as_view(), name="api_coverage"),
    path("interviews/<str:public_id>/reviews", interviews.Reviews.as_view(), name="api_reviews"),
    path("interviews/<str:public_id>/evaluation", evaluations.OneEvaluation.as_view(), name="api_evaluation"),
    path("interviews/<str:public_id>/decisions", interviews.Decisions.as_view(), name="api_decisions"),
]
